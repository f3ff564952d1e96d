package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

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
	assert.Equal(t, uint64(1), b.Figures().Hidden)
	assert.False(t, b.Added("meanwhile", at(time.Second)), "it was handed on")
	assert.Zero(t, b.Figures().Hidden, "and announced after all")
}

// A message may be posted just after the connect, by a proposer whose clock is
// slow, and the start read may see it before its announcement is read: that is
// news.
func TestStartDoesNotSilenceWhatCameAfterTheConnect(t *testing.T) {
	b := repair.New(0)
	b.Begin(t0)
	assert.False(t, found(b, fact("m", -time.Second), at(time.Second)))
	assert.True(t, b.Added("m", at(time.Second)))
	assert.False(t, b.Added("m", at(time.Second)))
	b.PassEnded(at(time.Second))
	assert.False(t, found(b, fact("m", -time.Second), at(time.Minute)))
}

// The horizon is a minute before the first connection by the server's clock, which
// is the only one: a fast clock of the host would take new messages for late ones.
func TestHorizonIsNotTheHostsClock(t *testing.T) {
	b := repair.New(0)
	server := -5 * time.Minute // t0 is what the host takes for now
	b.Begin(at(server))
	b.PassEnded(at(server))
	assert.True(t, found(b, fact("new", server+time.Second), at(server+2*time.Second)))
	assert.Equal(t, at(server-time.Minute), b.Figures().Horizon)
}

// An empty DAG is a finished start, and so is a peer that shows no tips.
func TestEmptyStart(t *testing.T) {
	b := repair.New(0)
	b.Begin(t0)
	b.PassBegan(t0)
	assert.False(t, b.Tips(nil))
	assert.Empty(t, b.Ask(t0, 10))
	b.PassEnded(t0)
	assert.True(t, b.Figures().Complete)
	assert.True(t, found(b, fact("a", -time.Second), at(time.Second)), "no start any more")
}

// Once per run: a reconnect is no start.
func TestReconnectIsNoStart(t *testing.T) {
	b := begun(0)
	b.Begin(at(time.Hour))
	b.Disturb()
	assert.True(t, found(b, fact("meanwhile", time.Minute), at(time.Hour)))
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

// Any year may stand in a timestamp.
func TestFarTimestamps(t *testing.T) {
	b := begun(0)
	assert.True(t, found(b, repair.Fact{ID: "a", Timestamp: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, t0))
	assert.False(t, found(b, repair.Fact{ID: "b", Timestamp: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)}, t0))
}
