package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// fill finds and delivers n messages, one a second from the given one on, each
// older than the anchor that follows.
func fill(b *repair.Books, from, n int) {
	for i := from; i < from+n; i++ {
		now := at(time.Duration(i)*time.Second + time.Hour)
		deliver(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), now)
		b.PassEnded(now)
	}
}

// deliver finds a message that is new, and delivers it.
func deliver(b *repair.Books, f repair.Fact, now time.Time) {
	b.Found(f, now)
	b.Delivered(repair.Added, f.ID)
}

// When the books are full the oldest are forgotten and the horizon rises, so that
// none of them is ever new again, nor any with the same timestamp.
func TestForget(t *testing.T) {
	const limit = 80
	b := begun(limit)
	fill(b, 0, 500)
	assert.LessOrEqual(t, b.Figures().Known, limit+limit/4+1)
	assert.False(t, b.Known("0"))
	assert.True(t, b.Known("499"))
	assert.Positive(t, b.Figures().Horizon.Sub(t0))

	now := at(time.Hour)
	for i := range 500 {
		assert.False(t, found(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), now), i)
	}
	horizon := b.Figures().Horizon
	assert.False(t, found(b, repair.Fact{ID: "tie", Timestamp: horizon}, now))
	assert.True(t, found(b, repair.Fact{ID: "after", Timestamp: horizon.Add(1)}, now))
}

// X and Y share a timestamp, X is forgotten: neither is new again.
func TestEqualTimestampsAcrossTheHorizon(t *testing.T) {
	const limit = 80
	b := begun(limit)
	now := at(time.Hour)
	for i := range 200 {
		deliver(b, fact(fmt.Sprint(i), time.Second), now)
	}
	assert.Less(t, b.Figures().Known, 200)
	for i := range 200 {
		assert.False(t, found(b, fact(fmt.Sprint(i), time.Second), now), i)
	}
}

// A tip that was forgotten is in every beat. It is not delivered again, and told
// once, as late.
func TestEvictedTipIsNotDeliveredAgain(t *testing.T) {
	b := begun(80)
	deliver(b, fact("tip", 0), at(time.Second))
	fill(b, 1, 500)
	assert.False(t, b.Known("tip"))
	now := at(2 * time.Hour)
	for range 10 {
		b.Tips([]string{"tip"})
		for _, id := range b.Ask(now, 10) {
			assert.False(t, found(b, fact(id, 0, "evicted parent"), now))
		}
		assert.Empty(t, b.Ask(now, 10), "no walk to genesis")
	}
	assert.Equal(t, uint64(1), b.Figures().Late)
}

// Tips are in every answer: they stay, however old they are.
func TestForgetNoTips(t *testing.T) {
	b := begun(80)
	b.Tips([]string{"tip"})
	deliver(b, fact("tip", 1), at(time.Second))
	fill(b, 1, 500)
	assert.True(t, b.Known("tip"))
	b.Tips([]string{"499"})
	fill(b, 500, 100)
	assert.False(t, b.Known("tip"))
}

// More tips than half the books are not all kept.
func TestForgetManyTips(t *testing.T) {
	b := begun(80)
	var tips []string
	for i := range 300 {
		tips = append(tips, fmt.Sprint(i))
	}
	b.Tips(tips)
	for i := range 300 {
		deliver(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), at(time.Hour))
	}
	assert.LessOrEqual(t, b.Figures().Known, 101)
	assert.True(t, b.Known("0"))
}

// What is newer than the anchor stays, for the next pass shows it again; but not
// without bound, and then it is told.
func TestForgetAboveAnchor(t *testing.T) {
	const limit = 80
	b := begun(limit, fact("a", -time.Hour))
	now := at(time.Hour)
	for i := range 150 {
		deliver(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), now)
	}
	assert.Equal(t, 150, b.Figures().Known, "only the anchor itself could go")
	assert.True(t, b.Known("0"))
	assert.Zero(t, b.Figures().Overruns)
	for i := 150; i < 1000; i++ {
		deliver(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), now)
	}
	assert.LessOrEqual(t, b.Figures().Known, 2*limit+limit/4+1)
	assert.Positive(t, b.Figures().Overruns)
	assert.False(t, b.Known("0"))
	assert.False(t, found(b, fact("0", 0), now))
}

// What no handler was given yet stays: its finalization has to wait for it.
func TestForgetNothingOwed(t *testing.T) {
	const limit = 80
	b := begun(limit)
	b.Added("owed", at(time.Second))
	b.Finalized("owed final", at(time.Second))
	fill(b, 2, 500)
	assert.True(t, b.Known("owed"))
	assert.True(t, b.Waits("owed"))
	assert.False(t, b.Finalized("owed final", time.Time{}))
	assert.Zero(t, b.Figures().Overruns)
	b.Delivered(repair.Added, "owed")
	b.Lost(repair.Finalized, "owed final")
	fill(b, 502, 100)
	assert.False(t, b.Known("owed"))
	assert.LessOrEqual(t, b.Figures().Known, limit+limit/4+1)

	// However much it is: who hands it on has a bound.
	for i := range 500 {
		assert.True(t, found(b, fact(fmt.Sprint("more ", i), time.Hour), at(time.Hour)))
	}
	for i := range 500 {
		assert.True(t, b.Known(fmt.Sprint("more ", i)))
	}
	assert.Zero(t, b.Figures().Overruns)
}

// Messages ahead of now stay: they would lift the horizon above all that is to
// come.
func TestForgetNoFuture(t *testing.T) {
	b := begun(80)
	for i := range 60 {
		assert.True(t, found(b, fact(fmt.Sprint("future ", i), 24*365*time.Hour), at(time.Hour)))
	}
	fill(b, 0, 500)
	for i := range 60 {
		assert.True(t, b.Known(fmt.Sprint("future ", i)), i)
	}
	assert.True(t, b.Figures().Horizon.Before(at(time.Hour)))
	assert.True(t, found(b, fact("next", 501*time.Second), at(time.Hour)))
}

// Books full of messages of the future are still bounded, and new messages still
// new.
func TestForgetFutureFlood(t *testing.T) {
	b := begun(1000)
	for i := range 13_000 {
		deliver(b, fact(fmt.Sprint(i), 24*365*time.Hour+time.Duration(i)), at(time.Hour))
	}
	assert.LessOrEqual(t, b.Figures().Known, 11_000)
	assert.True(t, found(b, fact("new", time.Hour+1), at(time.Hour)))
}

// Announced messages have no timestamp: they are dated by the server's time, as
// far as it is told.
func TestForgetAnnounced(t *testing.T) {
	const limit = 80
	b := repair.New(limit)
	b.Begin(t0)
	for i := range 500 {
		assert.True(t, b.Added(fmt.Sprint(i), at(time.Duration(i)*time.Second)))
		assert.False(t, b.Added(fmt.Sprint(i), t0), "time does not go back")
		b.Delivered(repair.Added, fmt.Sprint(i))
	}
	now := at(time.Hour)
	for i := range 500 {
		assert.False(t, found(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), now), i)
	}
	// One that was not announced in between.
	assert.True(t, found(b, fact("silent", 499500*time.Millisecond), now))
}

// In a run that only a stream feeds, no poll tells the time: the announcements do,
// finalizations too. So it is the oldest that are forgotten, and a double, or what
// REST shows in the end, is never handed on again.
func TestForgetStreamOnly(t *testing.T) {
	const limit, total, lag = 80, 2000, 20
	b := repair.New(limit)
	b.Begin(t0)
	for i := range total {
		now := at(time.Duration(i) * time.Second)
		assert.True(t, b.Added(fmt.Sprint(i), now))
		b.Delivered(repair.Added, fmt.Sprint(i))
		if i%3 == 0 { // announced by its finalization alone
			assert.True(t, b.Finalized(fmt.Sprint("unseen ", i), now))
			b.Delivered(repair.Finalized, fmt.Sprint("unseen ", i))
		}
		if old := i - lag; old >= 0 {
			assert.True(t, b.Finalized(fmt.Sprint(old), now))
			assert.False(t, b.Finalized(fmt.Sprint(old), now), "twice: %d", old)
			b.Delivered(repair.Finalized, fmt.Sprint(old))
			assert.False(t, b.Added(fmt.Sprint(old), now), "twice: %d", old)
		}
	}
	assert.LessOrEqual(t, b.Figures().Known, limit+limit/4+1)
	assert.Greater(t, b.Figures().Horizon.Sub(t0), 30*time.Minute, "it has risen with them")
	now := at(total * time.Second)
	for i := range total {
		assert.False(t, found(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), now), "again: %d", i)
	}
}

// Finals of messages that were never announced count as known ones do.
func TestForgetFinals(t *testing.T) {
	b := begun(80)
	for i := range 500 {
		assert.True(t, b.Finalized(fmt.Sprint(i), at(time.Duration(i)*time.Second)))
		assert.False(t, b.Finalized(fmt.Sprint(i), time.Time{}))
		b.Delivered(repair.Finalized, fmt.Sprint(i))
	}
	assert.LessOrEqual(t, b.Figures().Known, 101)
	assert.False(t, b.Known("499"), "it is final, but was never seen to exist")
	assert.True(t, found(b, fact("499", 499*time.Second), at(time.Hour)))
	assert.False(t, b.Finalized("499", time.Time{}))
}
