package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

func anchor(b *repair.Books) string {
	id, _, _ := b.Anchor()
	return id
}

// While no pass has ended since begins at the oldest message above the horizon.
func TestAnchorBeforeThere(t *testing.T) {
	b := repair.New(0)
	b.Begin(t0)
	b.Found(fact("old", -time.Hour), t0)
	b.Found(fact("fast", time.Hour), t0)
	_, _, ok := b.Anchor()
	assert.False(t, ok)
	b.Found(fact("a", 2*time.Second), at(3*time.Second))
	b.Found(fact("b", time.Second), at(3*time.Second))
	b.Found(fact("c", 3*time.Second), at(3*time.Second))
	id, when, ok := b.Anchor()
	assert.True(t, ok)
	assert.Equal(t, "b", id)
	assert.True(t, at(time.Second).Equal(when))
}

// The anchor moves when a pass has ended, to its newest message that is older
// than 12 s, and only forward.
func TestAnchor(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	b.Found(fact("a", 10*time.Second), now)
	b.Found(fact("b", 48*time.Second), now)
	b.Found(fact("c", 48*time.Second+1), now)
	b.Found(fact("fast", 365*24*time.Hour), now)
	assert.Equal(t, "a", anchor(b), "the pass has not ended")
	b.PassEnded(now)
	id, when, ok := b.Anchor()
	assert.True(t, ok)
	assert.Equal(t, "b", id)
	assert.True(t, at(48*time.Second).Equal(when))

	// A pass that finds nothing, or only late arrivals, leaves it.
	b.PassEnded(at(2 * time.Minute))
	assert.Equal(t, "b", anchor(b))
	b.Found(fact("late", 20*time.Second), at(2*time.Minute))
	b.PassEnded(at(2 * time.Minute))
	assert.Equal(t, "b", anchor(b))

	// What is settled by now is taken when it is shown again.
	b.Found(fact("c", 48*time.Second+1), at(2*time.Minute))
	b.Found(fact("fast", 365*24*time.Hour), at(2*time.Minute))
	b.PassEnded(at(2 * time.Minute))
	assert.Equal(t, "c", anchor(b))
}

// The first anchor may be a message that was too young when it was found.
func TestFirstAnchor(t *testing.T) {
	b := begun(0, fact("a", -time.Second), fact("b", -2*time.Second))
	b.PassEnded(at(9 * time.Second))
	assert.Equal(t, "b", anchor(b), "the oldest")
	b.PassEnded(at(11 * time.Second))
	assert.Equal(t, "a", anchor(b))
}

// A pass that breaks off leaves the anchor, so that the next one begins there.
func TestPassBreaksOff(t *testing.T) {
	b := begun(0, fact("a", -time.Hour))
	assert.Equal(t, "a", anchor(b))
	for _, d := range []time.Duration{10 * time.Second, 20 * time.Second, 30 * time.Second} {
		b.Found(fact(d.String(), d), at(time.Minute))
		assert.Equal(t, "a", anchor(b))
	}
	b.PassEnded(at(time.Minute))
	assert.Equal(t, "30s", anchor(b))
}

// An anchor that the server does not know is replaced by the newest message that
// it does know, or by its oldest tip, or by none.
func TestAnchorLost(t *testing.T) {
	b := begun(0, fact("a", -time.Hour))
	b.Added("announced", time.Time{})
	now := at(time.Minute)
	b.Tips([]string{"t1", "t2", "t3"})
	b.Found(fact("t1", 50*time.Second), now)
	b.Found(fact("t2", 40*time.Second), now)
	b.Found(fact("t3", -time.Hour), now)
	assert.Equal(t, []string{"t1", "t2", "announced"}, b.Newest(3))
	assert.Len(t, b.Newest(100), 5)

	b.AnchorLost(now, []repair.Fact{fact("x", 10*time.Second), fact("y", 20*time.Second), fact("z", 55*time.Second)})
	assert.Equal(t, "y", anchor(b), "z is not settled")
	b.AnchorLost(now, nil)
	assert.Equal(t, "t2", anchor(b), "the oldest tip above the horizon")
	b.Tips([]string{"t3", "unknown"})
	b.AnchorLost(now, nil)
	assert.Empty(t, anchor(b))
	b.PassEnded(now)
	assert.Empty(t, anchor(b), "nothing that was known before is there")
	b.Found(fact("new", 61*time.Second), at(62*time.Second))
	assert.Equal(t, "new", anchor(b))
}

// Each unknown message is asked for once in a pass, and after five times missing
// once a minute.
func TestMissing(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	b.Found(fact("a", time.Second, "gone"), now)
	for i := range 5 {
		assert.Equal(t, []string{"gone"}, b.Ask(now, 10), "pass %d", i)
		assert.Equal(t, []string{"gone"}, b.Ask(now, 10), "not answered yet")
		b.Missing(now, []string{"gone", "never asked for"})
		assert.Empty(t, b.Ask(now, 10), "once in a pass")
		b.PassEnded(now)
		now = now.Add(5 * time.Second)
	}
	assert.Equal(t, 1, b.Figures().Absent)
	assert.Empty(t, b.Ask(now, 10))
	now = now.Add(time.Minute)
	assert.Equal(t, []string{"gone"}, b.Ask(now, 10))
	b.Missing(now, []string{"gone"})
	assert.Empty(t, b.Ask(now.Add(59*time.Second), 10))
	assert.Equal(t, []string{"gone"}, b.Ask(now.Add(time.Minute), 10))
	assert.True(t, found(b, fact("gone", time.Second), now), "it turned up after all")
	assert.Equal(t, repair.Figures{Known: 2, Open: 2, Horizon: at(-time.Minute)}, b.Figures())
}

// Pruned parents do not fill the memory.
func TestMissingIsBounded(t *testing.T) {
	b := begun(0)
	var parents []string
	for i := range 1000 {
		parents = append(parents, fmt.Sprint(i))
	}
	b.Found(fact("a", time.Second, parents...), t0)
	for range 5 {
		b.Missing(t0, b.Ask(t0, 2000))
		b.PassEnded(t0)
	}
	assert.Equal(t, 500, b.Figures().Absent)
	assert.Equal(t, 500, b.Figures().Wanted)
}

// What is wanted is bounded, too.
func TestWantedIsBounded(t *testing.T) {
	b := begun(10)
	var parents []string
	for i := range 1000 {
		parents = append(parents, fmt.Sprint(i))
	}
	b.Found(fact("a", time.Second, parents...), t0)
	assert.Equal(t, 10, b.Figures().Wanted)
}

// Tips come first, then what the newest messages refer to; unknown tips are asked
// for in each pass.
func TestAskOrder(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	b.Found(fact("a", 10*time.Second, "pa"), now)
	b.Found(fact("b", 20*time.Second, "pb", "pa2"), now)
	b.Found(fact("c", 30*time.Second, "pa2"), now)
	b.Tips([]string{"a", "t"})
	assert.Equal(t, []string{"t", "pa2", "pb", "pa"}, b.Ask(now, 10))
	assert.Equal(t, []string{"t", "pa2"}, b.Ask(now, 2))
	b.Tips([]string{"t"})
	assert.Equal(t, 4, b.Figures().Wanted)
}

// What Found said and nobody was told, because the reader went away, is said
// again to the next one.
func TestRecall(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	assert.True(t, found(b, fact("handed on", time.Second), now))
	assert.True(t, found(b, fact("lost", 2*time.Second), now))
	assert.False(t, found(b, fact("history", -time.Hour), now))
	assert.True(t, b.Added("handed on", time.Time{}))
	b.PassEnded(now)
	assert.True(t, ended(b, now, "handed on"))
	assert.True(t, ended(b, now, "lost"))
	assert.True(t, b.Finalized("handed on", time.Time{}))
	b.Recall()
	assert.False(t, b.Known("lost"))
	assert.Equal(t, []string{"lost"}, b.Ask(now, 10))
	assert.True(t, found(b, fact("lost", 2*time.Second), now))
	assert.False(t, found(b, fact("handed on", time.Second), now))
	assert.True(t, ended(b, now, "lost"))
	assert.False(t, ended(b, now, "handed on"))
	assert.True(t, b.Added("lost", time.Time{}))
	assert.True(t, b.Finalized("lost", time.Time{}))
	b.Recall()
	assert.Empty(t, b.Ask(now, 10))

	// A finalization alone.
	assert.True(t, found(b, fact("c", 3*time.Second), now))
	assert.True(t, b.Added("c", time.Time{}))
	assert.True(t, ended(b, now, "c"))
	b.Recall()
	ids, idle := b.Open(now, 5)
	assert.Equal(t, []string{"c"}, ids, "at once")
	assert.False(t, idle)
	assert.True(t, ended(b, now, "c"))
}
