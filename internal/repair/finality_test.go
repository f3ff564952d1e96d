package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/repair"
)

// A message that is newer than the first connection is told once when it becomes
// final.
func TestFinal(t *testing.T) {
	b := begun(0)
	b.Found(fact("a", time.Second), at(2*time.Second))
	b.NotFinal(at(10*time.Second), "a")
	assert.True(t, ended(b, at(20*time.Second), "a"))
	assert.False(t, ended(b, at(20*time.Second), "a"))
	assert.False(t, ended(b, at(20*time.Second), "unknown"))
	assert.False(t, b.Finalized("a", time.Time{}), "it was handed on")
	assert.Zero(t, b.Figures().Open)
	assert.Empty(t, open(b, at(time.Hour)))
}

// What the stream announced as final is not asked about.
func TestFinalLive(t *testing.T) {
	b := begun(0)
	b.Found(fact("a", time.Second), at(2*time.Second))
	assert.True(t, b.Finalized("a", time.Time{}))
	assert.False(t, b.Finalized("a", time.Time{}))
	assert.Empty(t, open(b, at(time.Hour)))
	assert.False(t, ended(b, at(time.Hour), "a"))
}

// Before the message itself is known, too; then it is asked for.
func TestFinalOfUnknown(t *testing.T) {
	b := begun(0)
	assert.True(t, b.Finalized("b", at(2*time.Second)))
	assert.Equal(t, []string{"b"}, b.Ask(at(2*time.Second), 10))
	assert.False(t, b.Known("b"))
	assert.True(t, found(b, fact("b", 2*time.Second), at(3*time.Second)))
	assert.Empty(t, open(b, at(time.Hour)))
	assert.Empty(t, b.Ask(at(time.Hour), 10))
}

// A finalization lies above the horizon if its message does: also that of a
// message which the start read silently is told, whenever it came.
func TestFinalOfSilent(t *testing.T) {
	b := begun(0, fact("a", -10*time.Second), fact("old", -time.Hour))
	b.Counted(t0, 7)
	assert.Equal(t, []string{"a"}, open(b, t0), "below the horizon nothing is promised")
	assert.True(t, ended(b, t0, "a"))
	assert.False(t, ended(b, t0, "old"))
	assert.True(t, b.Finalized("old", at(time.Second)), "what the stream tells is told")
}

// A server that knows nothing of a message did not say that it is not final, but
// there is no use in asking again at once.
func TestNoFinality(t *testing.T) {
	b := begun(0, fact("a", -10*time.Second))
	assert.Equal(t, []string{"a"}, open(b, t0))
	b.NoFinality(t0, "a")
	b.NoFinality(t0, "unknown")
	assert.Empty(t, open(b, at(20*time.Second-1)), "the pause is the same")
	assert.Equal(t, []string{"a"}, open(b, at(20*time.Second)))
}

// The finality of a message that was handed on is handed on, whatever its
// timestamp.
func TestFinalOfLateArrival(t *testing.T) {
	b := begun(0)
	b.Added("b", time.Time{})
	b.Found(fact("b", -time.Hour), at(20*time.Second))
	assert.Equal(t, []string{"b"}, open(b, at(30*time.Second)))
	assert.True(t, ended(b, at(30*time.Second), "b"))
}

// Messages that turn up below the horizon are not asked about.
func TestFinalLate(t *testing.T) {
	b := begun(0)
	assert.False(t, found(b, fact("a", -time.Hour), t0))
	assert.Zero(t, b.Figures().Open)
}

// Nobody asks without cause about a message that is younger than 4 s, by the
// server's clock or by when it became known: a proposer's clock may be fast.
func TestTooYoung(t *testing.T) {
	b := begun(0)
	b.Found(fact("a", 10*time.Second), at(10*time.Second))
	assert.Empty(t, open(b, at(14*time.Second-1)))
	assert.Equal(t, []string{"a"}, open(b, at(14*time.Second)))
	b = begun(0)
	b.Found(fact("fast", 365*24*time.Hour), at(10*time.Second))
	assert.Empty(t, open(b, at(14*time.Second-1)))
	assert.Equal(t, []string{"fast"}, open(b, at(14*time.Second)))
}

// When it is known how long finality takes, it is the age by which 9 of 10 came.
func TestPatience(t *testing.T) {
	b := begun(0)
	now := at(time.Second)
	age := func(id string, d time.Duration) {
		b.Added(id, now)
		now = now.Add(d)
		b.Finalized(id, now)
	}
	for i := range 8 {
		age(fmt.Sprint("quick ", i), 2*time.Second)
	}
	age("slow", 7*time.Second)
	b.Found(repair.Fact{ID: "long ago", Timestamp: now.Add(-90 * time.Second)}, now)
	b.Finalized("long ago", now) // it became known too late to tell anything
	due := func() time.Duration {
		id := now.String()
		b.Found(repair.Fact{ID: id, Timestamp: now}, now)
		d := time.Second
		for ; len(open(b, now.Add(d))) == 0; d += time.Second {
			require.Less(t, d, time.Minute)
		}
		b.Finalized(id, now)
		return d
	}
	assert.Equal(t, 4*time.Second, due(), "nine are not enough to tell")

	b = begun(0)
	for i := range 18 {
		age(fmt.Sprint("quick ", i), 2*time.Second)
	}
	age("slow", 7*time.Second)
	age("slower", 8*time.Second)
	assert.Equal(t, 7*time.Second, due())
	b.Move()
	now = now.Add(time.Minute)
	assert.Equal(t, 4*time.Second, due(), "another server may take another time")
}

// What REST shows tells less exactly how long finality takes: that it came between
// two questions. What the first question shows came earlier, so that questions
// which are asked too late come earlier again.
func TestPatienceOfQuestions(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	ask := func(denied, final time.Duration) {
		id := now.String()
		b.Found(repair.Fact{ID: id, Timestamp: now}, now)
		if denied > 0 {
			b.NotFinal(now.Add(denied), id)
		}
		now = now.Add(final)
		assert.True(t, ended(b, now, id))
		now = now.Add(10 * time.Minute) // out of the way of the next sweep
	}
	due := func() time.Duration {
		b.Found(repair.Fact{ID: "x" + now.String(), Timestamp: now}, now)
		for d := time.Second; ; d += time.Second / 10 {
			if ids := open(b, now.Add(d)); len(ids) > 0 {
				now = now.Add(d)
				b.Finalized(ids[0], now.Add(-d)) // nothing to measure
				return d
			}
		}
	}
	for range 64 {
		ask(10*time.Second, 20*time.Second)
	}
	assert.Equal(t, 15*time.Second, due())
	for range 1000 {
		ask(0, 20*time.Second)
	}
	assert.Less(t, due(), 5*time.Second)
}

// Without cause one message is asked about every 20 s: first those that never
// were, the youngest first, then the one whose last question is longest ago for
// its age.
func TestSweep(t *testing.T) {
	b := begun(0, fact("a", -50*time.Second), fact("b", -40*time.Second))
	b.Found(fact("c", time.Second), at(2*time.Second))
	var asked []string
	for now := at(time.Minute); now.Before(at(10 * time.Minute)); now = now.Add(5 * time.Second) {
		ids, idle := b.Open(now, 10)
		assert.True(t, idle)
		for _, id := range ids {
			asked = append(asked, id)
			b.NotFinal(now, id)
		}
	}
	assert.Equal(t, []string{"c", "b", "a"}, asked[:3], "%v", asked)
	// From then on each when its age has doubled since the last question.
	assert.Subset(t, asked[3:], []string{"a", "b", "c"})
	assert.Less(t, len(asked), 12, "%v", asked)
	ids, _ := b.Open(at(20*time.Minute), 0)
	assert.Empty(t, ids)
}

// Hints are asked about first and at once, without any other cause, too. Those
// that are not open are no use.
func TestHint(t *testing.T) {
	b := begun(0)
	now := at(10 * time.Second)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Found(fact("b", 2*time.Second), at(2*time.Second))
	b.Found(fact("young", 9*time.Second), at(9*time.Second))
	open(b, now)
	b.NotFinal(now, "a")
	b.Hint([]string{"a", "unknown"})
	ids, idle := b.Open(now, 10)
	assert.Equal(t, []string{"a"}, ids)
	assert.False(t, idle)
	b.Hint([]string{"young"})
	assert.ElementsMatch(t, []string{"young", "a"}, open(b, now))
	b.NotFinal(now, "a")
	assert.True(t, ended(b, now, "young"))
	ids, idle = b.Open(now, 10)
	assert.Empty(t, ids)
	assert.True(t, idle)
}

// Where nobody wants finalizations nobody is asked.
func TestFinalityIsNotWanted(t *testing.T) {
	b := begun(0)
	b.Want(true, false)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Counted(at(time.Minute), 0)
	counted(b, at(2*time.Minute), 1)
	ids, idle := b.Open(at(2*time.Minute), 10)
	assert.Empty(t, ids)
	assert.True(t, idle)
	assert.False(t, b.Deposits(time.Time{}))
	assert.Equal(t, repair.Pass, b.Final(at(2*time.Minute), "a"))

	// What was counted before somebody wants them is no rise.
	b.Want(true, true)
	b.Found(fact("b", 2*time.Minute), at(2*time.Minute))
	counted(b, at(3*time.Minute), 100)
	assert.False(t, b.Deposits(time.Time{}))
}
