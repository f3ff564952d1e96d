package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// t0 is the server's time of the first connection.
var t0 = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// at is a time relative to the first connection.
func at(d time.Duration) time.Time { return t0.Add(d) }

// fact is a message with a timestamp relative to the first connection.
func fact(id string, d time.Duration, parents ...string) repair.Fact {
	return repair.Fact{ID: id, Timestamp: at(d), Parents: parents}
}

// found reports whether b says to hand on a message that REST shows.
func found(b *repair.Books, f repair.Fact, now time.Time) bool {
	return b.Found(f, now) == repair.HandOn
}

// ended does the same for the finality of a message.
func ended(b *repair.Books, now time.Time, id string) bool { return b.Final(now, id) == repair.HandOn }

// begun returns books whose first pass, at the first connection, found the given
// messages and has ended.
func begun(limit int, facts ...repair.Fact) *repair.Books {
	b := repair.New(limit)
	b.Begin(t0)
	for _, f := range facts {
		b.Found(f, t0)
	}
	b.PassEnded(t0)
	return b
}

// What the first pass finds is handed on only if it is later than the first
// connection; the rest becomes known silently.
func TestFirstPass(t *testing.T) {
	b := repair.New(0)
	b.Begin(t0)
	b.Begin(at(time.Hour)) // another connection
	assert.False(t, found(b, fact("old", -time.Hour), at(time.Second)))
	assert.False(t, found(b, fact("recent", -time.Second), at(time.Second)))
	assert.False(t, found(b, fact("same instant", 0), at(time.Second)))
	assert.True(t, found(b, fact("meanwhile", time.Millisecond), at(time.Second)))
	assert.False(t, found(b, fact("meanwhile", time.Millisecond), at(time.Second)), "once")
	for _, id := range []string{"old", "recent", "same instant", "meanwhile"} {
		assert.True(t, b.Known(id), id)
	}
	assert.False(t, b.Known("other"))

	// An announcement of what was found silently is news nevertheless: the message
	// was posted just after the connect, by a proposer whose clock is slow.
	assert.True(t, b.Added("recent", time.Time{}))
	assert.False(t, b.Added("recent", time.Time{}))
	assert.True(t, b.Added("meanwhile", time.Time{}), "the one that Found told of")
	assert.False(t, b.Added("meanwhile", time.Time{}))
}

// After the first pass whatever is later than the horizon is new, also if it is a
// little older than the first connection.
func TestLateArrival(t *testing.T) {
	b := begun(0)
	assert.True(t, found(b, fact("a", -50*time.Second), at(time.Minute)))
	assert.False(t, found(b, fact("a", -50*time.Second), at(time.Minute)))
	assert.True(t, found(b, fact("at once", 0), at(time.Minute)))

	assert.False(t, found(b, fact("b", -time.Minute), at(time.Minute)), "not later than the horizon")
	assert.False(t, found(b, fact("c", -time.Hour), at(time.Minute)))
	assert.True(t, b.Known("c"), "so that nobody asks for it again")
	assert.Equal(t, at(-time.Minute), b.Figures().Horizon)
}

// Books that nobody began are begun by what they are told first.
func TestBeginByItself(t *testing.T) {
	b := repair.New(0)
	assert.True(t, b.Figures().Horizon.IsZero())
	assert.False(t, found(b, fact("a", -time.Second), t0))
	assert.True(t, found(b, fact("b", time.Second), t0))
	assert.Equal(t, at(-time.Minute), b.Figures().Horizon)

	b = repair.New(0)
	assert.Empty(t, b.Ask(t0, 10))
	assert.Equal(t, at(-time.Minute), b.Figures().Horizon)
}

// What was announced live is not handed on again when REST shows it.
func TestLiveFirst(t *testing.T) {
	b := begun(0)
	assert.True(t, b.Added("a", time.Time{}))
	assert.False(t, b.Added("a", time.Time{}), "a node announces some messages twice")
	assert.True(t, b.Known("a"))
	assert.False(t, found(b, fact("a", time.Second, "p"), at(2*time.Second)))
	assert.Equal(t, []string{"p"}, b.Ask(at(2*time.Second), 10), "its parents are news all the same")
}

// The known messages are closed under parents, down to the horizon.
func TestClosure(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	assert.True(t, found(b, fact("c", 50*time.Second, "b", "b2", "c"), now))
	assert.Equal(t, []string{"b", "b2"}, b.Ask(now, 10), "a message is no unknown parent of itself")
	assert.True(t, found(b, fact("b", 40*time.Second, "a"), now))
	assert.False(t, found(b, fact("b2", -time.Minute, "history"), now))
	assert.Equal(t, []string{"a"}, b.Ask(now, 10), "what only history refers to is passed over")
	assert.True(t, found(b, fact("a", 30*time.Second), now))
	assert.Empty(t, b.Ask(now, 10))
	assert.Zero(t, b.Figures().Wanted)
}

// The first pass does not read more than a thousand ancestors: if that does not
// reach the horizon, the first connection is the horizon.
func TestAncestors(t *testing.T) {
	b := repair.New(0)
	b.Begin(t0)
	b.Tips([]string{"tip"})
	child, asked := "tip", 0
	for {
		ids := b.Ask(t0, 10)
		if len(ids) == 0 {
			break
		}
		assert.Equal(t, []string{child}, ids)
		asked++
		next := fmt.Sprint("ancestor ", asked)
		b.Found(fact(child, -time.Duration(asked)*time.Millisecond, next), t0)
		child = next
	}
	assert.Equal(t, 1001, asked)
	assert.Equal(t, t0, b.Figures().Horizon)
	assert.Zero(t, b.Figures().Wanted)
	assert.False(t, found(b, fact("x", -time.Millisecond), t0), "not later than the horizon")
}

// What is newer than the first connection is closed under parents all the same.
func TestAncestorsGoOn(t *testing.T) {
	b := repair.New(0)
	b.Begin(t0)
	now := at(time.Hour)
	b.Tips([]string{"0"})
	for i := range 2000 {
		ids := b.Ask(now, 10)
		assert.Equal(t, []string{fmt.Sprint(i)}, ids)
		f := fact(fmt.Sprint(i), time.Hour-time.Duration(i)*time.Second, fmt.Sprint(i+1))
		assert.True(t, found(b, f, now), i)
	}
}

// An announced message is where since begins while no pass has ended: it leads
// over what the stream did not announce.
func TestFirstAnnounced(t *testing.T) {
	b := repair.New(0)
	_, _, ok := b.Anchor()
	assert.False(t, ok)
	b.Begin(t0)
	b.Added("a", time.Time{})
	b.Added("b", time.Time{})
	id, when, ok := b.Anchor()
	assert.True(t, ok)
	assert.Equal(t, "a", id)
	assert.True(t, when.IsZero(), "its timestamp is not known")
}

// Any year may stand in a timestamp.
func TestFarTimestamps(t *testing.T) {
	b := begun(0)
	assert.True(t, found(b, repair.Fact{ID: "a", Timestamp: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, t0))
	assert.False(t, found(b, repair.Fact{ID: "b", Timestamp: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)}, t0))
}
