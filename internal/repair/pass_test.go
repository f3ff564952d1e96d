package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

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
	assert.Equal(t, repair.Figures{Known: 2, Open: 2, Hidden: 2, Horizon: at(-time.Minute), Complete: true}, b.Figures())
}

// A pruned parent is given up in the end: it does not keep out of sync.
func TestPrunedParentDoesNotKeepOutOfSync(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	b.Found(fact("a", time.Second, "gone"), now)
	for range 5 {
		assert.False(t, b.Figures().Complete)
		assert.Equal(t, 1, b.Figures().Wanted)
		b.PassBegan(now)
		b.Missing(now, b.Ask(now, 10))
		b.PassEnded(now)
	}
	assert.True(t, b.Figures().Complete)
	assert.Zero(t, b.Figures().Wanted)
	assert.Equal(t, 1, b.Figures().Absent)
}

// Complete is said when a pass has ended that began after the last disturbance,
// and nothing is known to be missing.
func TestComplete(t *testing.T) {
	b := repair.New(0)
	complete := func() bool { return b.Figures().Complete }
	b.Begin(t0)
	b.Disturb()
	assert.False(t, complete())
	b.PassBegan(t0)
	assert.False(t, complete())
	b.PassEnded(t0)
	assert.True(t, complete())

	b.PassBegan(t0)
	b.Disturb()
	b.PassEnded(t0)
	assert.False(t, complete(), "it began before")
	b.PassBegan(t0)
	b.PassEnded(t0)
	assert.True(t, complete())

	b.Tips([]string{"unknown"})
	assert.False(t, complete())
	b.Found(fact("unknown", time.Second), t0)
	assert.True(t, complete())

	// What was announced is on its way; only its parents are not known yet.
	b.Added("live", t0)
	assert.True(t, complete())
	b.Missing(t0, []string{"live"})
	assert.False(t, complete(), "the server announced it and does not show it")
	b.Found(fact("live", time.Second, "parent"), t0)
	assert.False(t, complete())
	b.Found(fact("parent", time.Second), t0)
	assert.True(t, complete())

	b.Finalized("other", t0)
	assert.False(t, complete(), "its message is missing")
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
	assert.Zero(t, b.Figures().Wanted)
}

// What is wanted is bounded, too.
func TestWantedIsBounded(t *testing.T) {
	b := begun(10)
	var parents []string
	for i := range 1000 {
		parents = append(parents, fmt.Sprint(i))
	}
	b.Found(fact("a", time.Second, parents...), t0)
	assert.Equal(t, 20, b.Figures().Wanted)
	assert.Positive(t, b.Figures().Overruns, "which is told")
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

// Unknown tips are news, unless it is known that the server does not have them.
func TestTipsAreNews(t *testing.T) {
	b := begun(0)
	b.Found(fact("a", time.Second), t0)
	assert.False(t, b.Tips(nil))
	assert.False(t, b.Tips([]string{"a"}))
	assert.True(t, b.Tips([]string{"a", "x"}))
	assert.True(t, b.Tips([]string{"a", "x"}))
	for range 5 {
		b.Missing(t0, []string{"x"})
	}
	assert.False(t, b.Tips([]string{"a", "x"}))
	assert.True(t, b.Tips([]string{"y", "x"}))
}

// An announced message is asked for until REST has shown when it was made and what
// by.
func TestAnnouncedIsAskedFor(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	assert.True(t, b.Added("a", now))
	assert.Equal(t, []string{"a"}, b.Ask(now, 10))
	assert.False(t, found(b, fact("a", 30*time.Second, "p"), now))
	assert.Equal(t, []string{"p"}, b.Ask(now, 10))
	assert.Equal(t, 1, b.Figures().Wanted)
}

// What is announced during a pass is the next one's, or no pass would end while
// messages come.
func TestPassEndsWhileMessagesCome(t *testing.T) {
	b := begun(0)
	b.PassBegan(at(time.Minute))
	b.Added("a", at(time.Minute))
	b.Finalized("b", at(time.Minute))
	assert.Empty(t, b.Ask(at(time.Minute), 10))
	b.PassEnded(at(time.Minute))
	b.PassBegan(at(time.Minute))
	assert.ElementsMatch(t, []string{"a", "b"}, b.Ask(at(time.Minute), 10))
}
