package repair_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// fill finds n messages, one a second from the given one on, each older than the
// anchor that follows.
func fill(b *repair.Books, from, n int) {
	for i := from; i < from+n; i++ {
		now := at(time.Duration(i)*time.Second + time.Hour)
		b.Found(fact(fmt.Sprint(i), time.Duration(i)*time.Second), now)
		b.PassEnded(now)
	}
}

// When the books are full the oldest are forgotten and the horizon rises, so that
// none of them is ever new again, nor any with the same timestamp.
func TestForget(t *testing.T) {
	const limit = 80
	b := begun(limit)
	fill(b, 0, 500)
	assert.LessOrEqual(t, b.Figures().Known, limit+limit/8)
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

// Messages that share the timestamp of a forgotten one are not new either.
func TestForgetTies(t *testing.T) {
	const limit = 80
	b := begun(limit)
	now := at(time.Hour)
	for i := range 200 {
		b.Found(fact(fmt.Sprint(i), time.Second), now)
	}
	for i := range 200 {
		assert.False(t, found(b, fact(fmt.Sprint(i), time.Second), now), i)
	}
}

// Tips are in every answer: they stay, however old they are.
func TestForgetNoTips(t *testing.T) {
	b := begun(80)
	b.Tips([]string{"tip"})
	b.Found(fact("tip", 1), at(time.Second))
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
		b.Found(fact(fmt.Sprint(i), time.Duration(i)*time.Second), at(time.Hour))
	}
	assert.LessOrEqual(t, b.Figures().Known, 90)
	assert.True(t, b.Known("0"))
}

// What is newer than the anchor stays, for the next pass shows it again; but not
// without bound.
func TestForgetAboveAnchor(t *testing.T) {
	const limit = 80
	b := begun(limit, fact("a", -time.Hour))
	now := at(time.Hour)
	for i := range 150 {
		b.Found(fact(fmt.Sprint(i), time.Duration(i)*time.Second), now)
	}
	assert.Equal(t, 150, b.Figures().Known, "only the anchor itself could go")
	assert.True(t, b.Known("0"))
	for i := 150; i < 1000; i++ {
		b.Found(fact(fmt.Sprint(i), time.Duration(i)*time.Second), now)
	}
	assert.LessOrEqual(t, b.Figures().Known, 2*limit+limit/8+1)
	assert.False(t, b.Known("0"))
	assert.False(t, found(b, fact("0", 0), now))
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
		b.Found(fact(fmt.Sprint(i), 24*365*time.Hour+time.Duration(i)), at(time.Hour))
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
	}
	first := anchor(b)
	assert.True(t, b.Known(first), "since begins at the oldest that is still known")
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
		if i%3 == 0 { // announced by its finalization alone
			assert.True(t, b.Finalized(fmt.Sprint("unseen ", i), now))
		}
		if old := i - lag; old >= 0 {
			assert.True(t, b.Finalized(fmt.Sprint(old), now))
			assert.False(t, b.Finalized(fmt.Sprint(old), now), "twice: %d", old)
			assert.False(t, b.Added(fmt.Sprint(old), now), "twice: %d", old)
		}
	}
	assert.LessOrEqual(t, b.Figures().Known, limit+limit/8+1)
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
	}
	assert.LessOrEqual(t, b.Figures().Known, 90)
	assert.False(t, b.Known("499"), "it is final, but was never seen to exist")
	assert.True(t, found(b, fact("499", 499*time.Second), at(time.Hour)))
	assert.False(t, b.Finalized("499", time.Time{}))
	_, _, ok := repair.New(0).Anchor()
	assert.False(t, ok)
}

// The stated memory holds.
func TestMemory(t *testing.T) {
	const n = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b := begun(n)
	for i := range n {
		b.Found(repair.Fact{ID: fmt.Sprintf("%064d", i), Timestamp: at(time.Duration(i))}, t0)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := after.HeapAlloc - before.HeapAlloc
	assert.Equal(t, n, b.Figures().Known)
	assert.Less(t, grown, uint64(30e6), "bytes for %d messages", n)
}

// BenchmarkFound is a new message in full books, forgetting included.
func BenchmarkFound(b *testing.B) {
	books := begun(0)
	now := at(time.Hour)
	ids := make([]string, 300_000)
	for i := range ids {
		ids[i] = fmt.Sprintf("%064d", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		n := i % len(ids)
		books.Found(repair.Fact{ID: ids[n], Timestamp: at(time.Duration(i)), Parents: ids[n : n+1]}, now)
		if i%1000 == 0 {
			books.PassEnded(now)
		}
		i++
	}
}

// BenchmarkAdded is an announced message and its double.
func BenchmarkAdded(b *testing.B) {
	books := begun(0)
	ids := make([]string, 300_000)
	for i := range ids {
		ids[i] = fmt.Sprintf("%064d", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		books.Added(ids[i%len(ids)], time.Time{})
		books.Added(ids[i%len(ids)], time.Time{})
		i++
	}
}
