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

func TestDeliveredAll(t *testing.T) {
	b := begun(0)
	for _, id := range []string{"m", "n", "o"} {
		b.Added(id, at(time.Second))
		b.Finalized(id, at(time.Second))
	}
	b.DeliveredAll([]repair.Delivery{{repair.Added, "m"}, {repair.Finalized, "m"}, {repair.Added, "n"}, {repair.Added, "unknown"}})
	assert.False(t, b.Waits("m"))
	assert.False(t, b.Waits("n"))
	assert.True(t, b.Waits("o"))

	again := repair.New(0)
	_, _, err := again.Resume(b.Cursor())
	assert.NoError(t, err)
	// Another run hands on what was not delivered, and nothing else.
	assert.False(t, found(again, fact("m", time.Second), at(time.Minute)))
	assert.True(t, found(again, fact("o", time.Second), at(time.Minute)))
	assert.False(t, ended(again, at(time.Minute), "m"))
	assert.True(t, ended(again, at(time.Minute), "n"), "its finality was not delivered")
}
