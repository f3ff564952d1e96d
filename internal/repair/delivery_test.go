package repair_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// A finalization waits until its message has been delivered: that it is known, or
// queued, is not enough, for it would overtake it.
func TestFinalityWaitsForDelivery(t *testing.T) {
	b := begun(0)
	assert.True(t, found(b, fact("m", time.Second), at(2*time.Second)))
	assert.True(t, b.Known("m"))
	assert.True(t, b.Waits("m"))
	b.Delivered(repair.Added, "m")
	assert.False(t, b.Waits("m"))

	assert.True(t, b.Added("live", at(time.Second)))
	assert.True(t, b.Waits("live"))
	b.Delivered(repair.Added, "live")
	assert.False(t, b.Waits("live"))
}

// Its message may not even be known. Then it is asked for, until it is clear that
// it cannot come.
func TestFinalityWaitsForUnknown(t *testing.T) {
	for _, tt := range []struct {
		name  string
		then  func(b *repair.Books)
		waits bool
	}{
		{"nothing", func(*repair.Books) {}, true},
		{"found", func(b *repair.Books) { b.Found(fact("m", time.Second), at(time.Minute)) }, true},
		{"found below the horizon", func(b *repair.Books) { b.Found(fact("m", -time.Hour), at(time.Minute)) }, false},
		{"announced", func(b *repair.Books) { b.Added("m", at(time.Minute)) }, true},
		{"lost", func(b *repair.Books) { b.Added("m", at(time.Minute)); b.Lost(repair.Added, "m") }, false},
		{"four times not found", func(b *repair.Books) { missing(b, 4) }, true},
		{"five times not found", func(b *repair.Books) { missing(b, 5) }, false},
		{"not wanted any more", func(b *repair.Books) { b.Want(false, true) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := begun(0)
			assert.True(t, b.Finalized("m", at(time.Second)))
			tt.then(b)
			assert.Equal(t, tt.waits, b.Waits("m"))
		})
	}
}

func missing(b *repair.Books, times int) {
	for range times {
		b.Missing(t0, []string{"m"})
	}
}

// The finalization of a message that is history or silent goes alone.
func TestFinalityGoesAlone(t *testing.T) {
	b := begun(0, fact("silent", -time.Second), fact("old", -time.Hour))
	assert.False(t, b.Waits("silent"))
	assert.False(t, b.Waits("old"))
	assert.False(t, b.Waits("never heard of"))
	b.Added("silent", at(time.Second))
	assert.True(t, b.Waits("silent"), "it is on its way now")
}

// What nobody wants counts as delivered, and is not told later.
func TestWant(t *testing.T) {
	b := begun(0)
	b.Want(false, true)
	assert.Equal(t, repair.Pass, b.Found(fact("a", time.Second), at(2*time.Second)))
	assert.False(t, b.Waits("a"))
	assert.True(t, ended(b, at(10*time.Second), "a"))
	b.Want(true, false)
	assert.False(t, b.Added("a", at(20*time.Second)))
	assert.True(t, found(b, fact("b", 3*time.Second), at(4*time.Second)))
	assert.Equal(t, repair.Pass, b.Final(at(10*time.Second), "b"))
	b.Want(true, true)
	assert.False(t, b.Finalized("b", at(20*time.Second)))
	assert.Equal(t, uint64(2), b.Figures().Hidden)
}

// A fact that was found and announced after all was not hidden.
func TestHidden(t *testing.T) {
	b := begun(0)
	b.Found(fact("a", time.Second), at(2*time.Second))
	b.Final(at(10*time.Second), "a")
	b.Added("b", at(2*time.Second))
	b.Found(fact("b", time.Second), at(2*time.Second))
	assert.Equal(t, uint64(2), b.Figures().Hidden)
	for range 2 {
		b.Added("a", at(11*time.Second))
		assert.Equal(t, uint64(1), b.Figures().Hidden)
	}
	b.Finalized("a", at(11*time.Second))
	assert.Zero(t, b.Figures().Hidden)
}

// Reports about what is not in the books are passed over.
func TestDeliveredUnknown(t *testing.T) {
	b := begun(0)
	b.Delivered(repair.Added, "x")
	b.Lost(repair.Finalized, "x")
	assert.Zero(t, b.Figures().Known)
}
