package repair_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// A MessageFinalized is ready when the handlers have returned from its message; else
// Waits is to be asked when its turn comes.
func TestAnnouncedSaysWhatNeedNotWait(t *testing.T) {
	b := begun(0)
	announced := func(k repair.Kind, id string) []bool {
		fresh, ready := b.Announced(k, id, at(time.Second))
		return []bool{fresh, ready}
	}
	assert.Equal(t, []bool{true, true}, announced(repair.Added, "m"))
	assert.Equal(t, []bool{false, true}, announced(repair.Added, "m"), "a double")
	assert.Equal(t, []bool{true, true}, announced(repair.Added, "n"))
	b.Delivered(repair.Added, "n")

	assert.Equal(t, []bool{true, false}, announced(repair.Finalized, "m"), "on its way to the handlers")
	assert.True(t, b.Waits("m"))
	assert.Equal(t, []bool{true, true}, announced(repair.Finalized, "n"))
	assert.False(t, b.Waits("n"))
	assert.Equal(t, []bool{true, false}, announced(repair.Finalized, "x"), "its message is not known")
	assert.True(t, b.Waits("x"))
	assert.Equal(t, []bool{false, false}, announced(repair.Finalized, "n"), "a double")
}
