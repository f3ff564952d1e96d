package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/repair"
)

// asking returns books of which an application with a database is asked.
func asking(limit int) *repair.Books {
	b := repair.New(limit)
	b.AskKnown(true)
	b.Begin(t0)
	return b
}

// Before the first connection and above the horizon of the start the application
// decides, instead of silence.
func TestKnownDecidesAboutTheStart(t *testing.T) {
	b := asking(0)
	assert.Equal(t, repair.Ask, b.Found(fact("old", -time.Second), t0))
	assert.Equal(t, repair.Ask, b.Found(fact("older", -30*time.Second), t0))
	assert.Equal(t, repair.Pass, b.Found(fact("history", -time.Minute), t0))
	assert.Equal(t, repair.Ask, b.Found(fact("fast", time.Second), at(time.Second)), "it may be dated by a fast clock")
	assert.Equal(t, 3, b.Figures().Wanted)
	assert.True(t, b.Decide(repair.Added, "fast", false))
	b.PassEnded(at(time.Second))
	assert.Equal(t, repair.HandOn, b.Found(fact("new", time.Second), at(time.Second)))
	assert.False(t, b.Figures().Complete)

	assert.True(t, b.Decide(repair.Added, "old", false))
	assert.False(t, b.Decide(repair.Added, "old", false), "once")
	assert.False(t, b.Decide(repair.Added, "older", true))
	assert.False(t, b.Decide(repair.Added, "history", false), "nobody asked")
	assert.True(t, b.Figures().Complete)
	assert.True(t, b.Waits("old"))
	assert.False(t, b.Waits("older"))
	assert.False(t, b.Added("old", at(time.Second)))
	assert.False(t, b.Added("older", at(time.Second)), "the application has it")
	assert.Equal(t, repair.Pass, b.Found(fact("old", -time.Second), t0))
	assert.Equal(t, repair.Pass, b.Found(fact("older", -30*time.Second), t0))

	// After the start, too.
	assert.Equal(t, repair.Ask, b.Found(fact("late", -10*time.Second), at(time.Minute)))
}

// Until it has decided the fact is asked for in each pass, and again of it.
func TestUndecidedComesAgain(t *testing.T) {
	b := asking(0)
	b.PassEnded(t0)
	f := fact("m", -time.Second, "p")
	b.Finalized("m", t0)
	assert.Equal(t, repair.Ask, b.Found(f, t0))
	assert.Equal(t, []string{"p"}, b.Ask(t0, 10), "once in a pass")
	assert.True(t, b.Waits("m"))
	b.PassEnded(t0)
	assert.ElementsMatch(t, []string{"m", "p"}, b.Ask(t0, 10))
	assert.Equal(t, repair.Ask, b.Found(f, t0))

	// An announcement answers, too.
	assert.True(t, b.Added("m", t0))
	assert.False(t, b.Decide(repair.Added, "m", false))
	b.PassEnded(t0)
	assert.Equal(t, []string{"p"}, b.Ask(t0, 10), "m is known, and when it was made")
	assert.False(t, b.Added("m", t0))
}

// Below today's horizon it decides, too, down to that of the first start, and the
// walk goes on only through what the application has not got.
func TestKnownBelowTheHorizon(t *testing.T) {
	b := asking(80)
	b.PassEnded(t0)
	fill(b, 1, 500)
	now := at(time.Hour)
	require.Greater(t, b.Figures().Horizon.Sub(t0), 5*time.Minute)
	b.Tips([]string{"late", "evicted", "history"})
	assert.Equal(t, repair.Ask, b.Found(fact("late", 3*time.Minute, "late parent", "1"), now))
	assert.Equal(t, repair.Ask, b.Found(fact("evicted", 4*time.Minute, "2"), now))
	assert.Equal(t, repair.Pass, b.Found(fact("history", -time.Hour), now))
	assert.Equal(t, uint64(1), b.Figures().Late)

	assert.False(t, b.Decide(repair.Added, "evicted", true))
	assert.Empty(t, b.Ask(now, 10))
	assert.True(t, b.Decide(repair.Added, "late", false))
	assert.ElementsMatch(t, []string{"late parent", "1"}, b.Ask(now, 10))
	assert.Equal(t, repair.Ask, b.Found(fact("late parent", 2*time.Minute), now))
	assert.Equal(t, repair.Ask, b.Found(fact("1", time.Second), now))
	assert.True(t, b.Decide(repair.Added, "late parent", false))
	assert.False(t, b.Decide(repair.Added, "1", true))
	assert.Empty(t, b.Ask(now, 10))

	assert.Equal(t, repair.Ask, b.Final(now, "late"))
	assert.Equal(t, repair.Ask, b.Final(now, "evicted"), "it may have one and not the other")
}

// Finality is decided about in the same way, and asked about again until it is.
func TestKnownDecidesAboutFinality(t *testing.T) {
	b := asking(0)
	for _, id := range []string{"a", "b", "c"} {
		b.Found(fact(id, -time.Second), t0)
		b.Decide(repair.Added, id, true)
	}
	b.PassEnded(t0)
	b.Found(fact("new", time.Second), at(time.Second))
	now := at(time.Minute)
	assert.Equal(t, repair.Ask, b.Final(now, "a"))
	assert.Equal(t, repair.Ask, b.Final(now, "b"))
	assert.Equal(t, repair.Ask, b.Final(now, "c"))
	assert.Equal(t, repair.HandOn, b.Final(now, "new"))
	assert.Equal(t, 3, b.Figures().Wanted)
	assert.False(t, b.Figures().Complete)
	assert.True(t, b.Decide(repair.Finalized, "a", false))
	assert.False(t, b.Decide(repair.Finalized, "a", false))
	assert.False(t, b.Decide(repair.Finalized, "b", true))
	assert.False(t, b.Decide(repair.Finalized, "new", false))

	assert.Empty(t, open(b, now.Add(20*time.Second-1)))
	assert.Equal(t, []string{"c"}, open(b, now.Add(20*time.Second)))
	assert.Equal(t, repair.Ask, b.Final(now.Add(20*time.Second), "c"))
	assert.True(t, b.Finalized("c", now.Add(21*time.Second)), "the stream tells it")
	assert.False(t, b.Decide(repair.Finalized, "c", false))
	assert.False(t, b.Finalized("a", now))
	assert.False(t, b.Finalized("b", now), "the application has it")
	assert.Zero(t, b.Figures().Open)
	assert.Zero(t, b.Figures().Wanted)
	assert.True(t, b.Figures().Complete)
}

// Another server may say that it is not final after all.
func TestUndecidedAndNotFinal(t *testing.T) {
	b := asking(0)
	b.Found(fact("a", -time.Second), t0)
	b.Decide(repair.Added, "a", true)
	assert.Equal(t, repair.Ask, b.Final(t0, "a"))
	b.NotFinal(t0, "a")
	assert.Zero(t, b.Figures().Wanted)
	assert.False(t, b.Decide(repair.Finalized, "a", false))
	assert.Equal(t, repair.Ask, b.Final(t0, "a"))
	assert.True(t, b.Decide(repair.Finalized, "a", false))
}

// What nobody wants is not asked about.
func TestKnownIsNotAskedInVain(t *testing.T) {
	b := asking(0)
	b.Want(false, false)
	assert.Equal(t, repair.Pass, b.Found(fact("a", -time.Second), t0))
	assert.Equal(t, repair.Pass, b.Final(t0, "a"))
}

// A start that has to end early drops what is only history, not what it asked about.
func TestUndecidedOutlivesTheStart(t *testing.T) {
	b := asking(0)
	assert.Equal(t, repair.Ask, b.Found(fact("m", -time.Second), t0))
	var parents []string
	for i := range 1100 {
		parents = append(parents, fmt.Sprint(i))
	}
	b.Found(fact("tip", -2*time.Second, parents...), t0)
	assert.Empty(t, b.Ask(t0, 10))
	assert.Equal(t, t0, b.Figures().Horizon)
	assert.Equal(t, 2, b.Figures().Wanted)
	assert.True(t, b.Decide(repair.Added, "m", false))
	assert.True(t, b.Decide(repair.Added, "tip", false))
}
