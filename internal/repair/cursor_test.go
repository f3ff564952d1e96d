package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/repair"
)

// restart kills a run and starts another one with its cursor, at a time.
func restart(t *testing.T, b *repair.Books, now time.Time) *repair.Books {
	t.Helper()
	next := repair.New(0)
	left, _, err := next.Resume(b.Cursor())
	require.NoError(t, err)
	assert.Zero(t, left)
	next.Begin(now)
	next.Disturb()
	return next
}

// A run with a cursor begins where the other one ended: nothing is silent, and
// nothing is delivered twice.
func TestResume(t *testing.T) {
	b := begun(0, fact("silent", -20*time.Second), fact("final", -19*time.Second))
	assert.Nil(t, repair.New(0).Cursor(), "before the first connection there is nothing to say")
	deliver(b, fact("m", time.Second), at(2*time.Second))
	b.Final(at(3*time.Second), "final")
	b.Delivered(repair.Finalized, "final")
	now := at(time.Hour)
	b = restart(t, b, now)
	assert.Equal(t, "final", anchor(b))
	assert.Equal(t, at(-29*time.Second), b.Figures().Horizon, "ten seconds below the anchor")
	assert.Equal(t, 2, b.Figures().Open)
	b.PassBegan(now)
	assert.False(t, found(b, fact("m", time.Second), now))
	assert.False(t, found(b, fact("final", -19*time.Second), now))
	assert.False(t, found(b, fact("silent", -20*time.Second), now))
	assert.True(t, found(b, fact("meanwhile", 2*time.Second), now))
	assert.True(t, found(b, fact("late", -25*time.Second), now))
	assert.False(t, found(b, fact("below", -30*time.Second), now))
	assert.True(t, found(b, fact("new", time.Hour), now))
	b.PassEnded(now)
	assert.False(t, b.Added("m", now))
	assert.False(t, b.Finalized("final", now))
	assert.ElementsMatch(t, []string{"m", "silent", "meanwhile", "late"}, func() []string {
		b.Counted(now, 1)
		return open(b, now.Add(time.Second))
	}())
	assert.True(t, ended(b, now, "m"))
}

// When it was made is told, also by a run that never had a connection.
func TestSaved(t *testing.T) {
	b := begun(0)
	b.Added("a", at(time.Minute))
	next := repair.New(0)
	_, saved, err := next.Resume(b.Cursor())
	require.NoError(t, err)
	assert.Equal(t, at(time.Minute), saved)
	third := repair.New(0)
	_, saved, err = third.Resume(next.Cursor())
	require.NoError(t, err)
	assert.Equal(t, at(time.Minute), saved)
	assert.Equal(t, []string{"a"}, third.Ask(at(time.Hour), 10))
}

// m2 returns before m1, because that has a slow handler; then the cursor is saved
// and the app is killed.
func TestLowWaterIsNotTheNewestReturned(t *testing.T) {
	b := begun(0)
	for i, id := range []string{"m1", "m2", "m3"} {
		d := time.Duration(i+1) * time.Second
		assert.True(t, found(b, fact(id, d), at(d)))
	}
	b.Delivered(repair.Added, "m2")
	b.PassEnded(at(time.Minute)) // the anchor is above them
	require.Equal(t, "m3", anchor(b))
	now := at(time.Hour)
	b = restart(t, b, now)
	assert.ElementsMatch(t, []string{"m1", "m3"}, b.Ask(now, 10), "by their ids, whatever since shows")
	assert.True(t, b.Waits("m1"))
	assert.True(t, found(b, fact("m1", time.Second), now))
	assert.False(t, found(b, fact("m2", 2*time.Second), now))
	assert.True(t, found(b, fact("m3", 3*time.Second), now))
}

// REST is away while live events go on: they do not lift the mark above what was
// not announced.
func TestLiveEventsDoNotLiftTheMark(t *testing.T) {
	b := begun(0, fact("a", -20*time.Second))
	for i := range 100 {
		id := fmt.Sprint(i)
		b.Added(id, at(time.Duration(i)*time.Second))
		b.Delivered(repair.Added, id)
	}
	now := at(time.Hour)
	b = restart(t, b, now)
	assert.Equal(t, "a", anchor(b))
	assert.True(t, found(b, fact("not announced", 50*time.Second), now))
	for i := range 100 {
		assert.False(t, found(b, fact(fmt.Sprint(i), time.Duration(i)*time.Second), now))
	}
}

// A late arrival that no handler has returned from comes again, also if it lies
// below everything else; so does an announced one that REST never dated.
func TestOwedComesAgain(t *testing.T) {
	b := begun(0)
	deliver(b, fact("m", 45*time.Second), at(time.Minute))
	b.PassEnded(at(time.Minute))
	assert.True(t, found(b, fact("late", -50*time.Second), at(time.Minute)))
	b.Added("live", at(time.Minute))
	now := at(time.Hour)
	b = restart(t, b, now)
	assert.ElementsMatch(t, []string{"late", "live"}, b.Ask(now, 10))
	assert.False(t, b.Figures().Complete)
	assert.True(t, found(b, fact("live", -5*time.Hour), now), "by a slow clock")
	assert.True(t, b.Added("late", now), "or announced again")
	assert.False(t, found(b, fact("late", -50*time.Second), now))

	// And if it is not there yet, by the run after that.
	b = begun(0)
	b.Added("live", at(time.Minute))
	b = restart(t, restart(t, b, now), now)
	assert.Equal(t, []string{"live"}, b.Ask(now, 10))
	assert.True(t, found(b, fact("live", -5*time.Hour), now))
}

// A finalization that no handler has returned from comes again, and of a message
// that was not known before it is told.
func TestOwedFinalityComesAgain(t *testing.T) {
	b := begun(0)
	deliver(b, fact("m", time.Second), at(2*time.Second))
	b.Finalized("m", at(5*time.Second))
	b.Finalized("unknown", at(5*time.Second))
	b.Found(fact("old", -time.Hour), at(6*time.Second))
	b.Finalized("old", at(6*time.Second))
	deliver(b, fact("anchor", 45*time.Second), at(time.Minute))
	b.PassEnded(at(time.Minute))
	now := at(time.Hour)
	b = restart(t, b, now)
	assert.ElementsMatch(t, []string{"m", "old"}, open(b, now), "at once")
	assert.True(t, ended(b, now, "m"))
	assert.True(t, ended(b, now, "old"))
	assert.Equal(t, []string{"unknown"}, b.Ask(now, 10))
	assert.True(t, found(b, fact("unknown", 2*time.Second), now), "it was above the horizon then")
	assert.Equal(t, []string{"unknown"}, open(b, now))
	assert.True(t, ended(b, now, "unknown"))
}

// The anchor may have passed a parent that was not there yet.
func TestWantedComesAgain(t *testing.T) {
	b := begun(0)
	deliver(b, fact("child", 30*time.Second, "parent", "old parent"), at(time.Minute))
	b.PassEnded(at(time.Minute))
	require.Equal(t, "child", anchor(b))
	now := at(time.Hour)
	b = restart(t, b, now)
	assert.ElementsMatch(t, []string{"parent", "old parent"}, b.Ask(now, 10))
	assert.True(t, found(b, fact("parent", -10*time.Second), now), "above the horizon that it had then")
	assert.False(t, found(b, fact("old parent", -time.Minute), now))
}

// A late child of a message below the mark cannot be told from history, but by the
// application. The walk goes on through what it has not got, no further.
func TestLateChildBelowTheFrontier(t *testing.T) {
	b := begun(0)
	fill(b, 1, 500)
	now := at(2 * time.Hour)
	b = restart(t, b, now)
	b.Tips([]string{"late child"})
	assert.False(t, found(b, fact("late child", 100*time.Second, "99"), now))
	assert.Equal(t, uint64(1), b.Figures().Late)

	b = begun(0)
	fill(b, 1, 500)
	b.Finalized("99", now) // what is not final is in the cursor, however old
	b.Delivered(repair.Finalized, "99")
	b = restart(t, b, now)
	b.AskKnown(true)
	b.Tips([]string{"late child"})
	assert.Equal(t, repair.Ask, b.Found(fact("late child", 100*time.Second, "99"), now))
	assert.True(t, b.Decide(repair.Added, "late child", false))
	assert.Equal(t, []string{"99"}, b.Ask(now, 10))
	assert.Equal(t, repair.Ask, b.Found(fact("99", 99*time.Second, "98"), now))
	assert.False(t, b.Decide(repair.Added, "99", true))
	assert.Empty(t, b.Ask(now, 10))
	assert.Zero(t, b.Figures().Late)
	assert.Equal(t, repair.Pass, b.Found(fact("before the first start", -2*time.Minute), now))
}

// With the application's answers what came twice comes once.
func TestKnownAfterRestart(t *testing.T) {
	b := begun(0)
	assert.True(t, found(b, fact("m", time.Second), at(2*time.Second)))
	cursor := b.Cursor()
	b.Delivered(repair.Added, "m") // and then it is killed
	next := repair.New(0)
	next.AskKnown(true)
	_, _, err := next.Resume(cursor)
	require.NoError(t, err)
	now := at(time.Hour)
	next.Begin(now)
	assert.Equal(t, []string{"m"}, next.Ask(now, 10))
	assert.Equal(t, repair.Ask, next.Found(fact("m", time.Second), now))
	assert.False(t, next.Decide(repair.Added, "m", true))
	assert.Empty(t, next.Ask(now, 10))
}
