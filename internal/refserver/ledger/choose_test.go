package ledger_test

import (
	"slices"
	"testing"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChosenParentsAreHeldAndDistinct(t *testing.T) {
	l := ledger.New(3)
	for i := range 200 {
		m := l.Add(ledger.AddOptions{})
		require.Len(t, m.Parents, min(i, ledger.Branching+1))
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(m.Parents))), len(m.Parents))
		for _, p := range m.Parents {
			_, held := l.Message(p)
			require.True(t, held)
		}
	}
}

// Growth keeps some tips alive and lets none live for ever.
func TestGrowthIsADAGNotAChain(t *testing.T) {
	l := ledger.New(3)
	widths := map[int]int{}
	age := map[string]int{}
	for range 1000 {
		l.Add(ledger.AddOptions{})
		tips := l.Tips()
		widths[len(tips)]++
		for _, id := range tips {
			age[id]++
			require.Less(t, age[id], 100, "a tip that nobody picks")
		}
	}
	for n := range widths {
		assert.LessOrEqual(t, n, 8)
	}
	assert.Greater(t, len(widths), 3, "the width changes: %v", widths)
	assert.Less(t, widths[1], 300, "mostly more than one tip: %v", widths)
}

func TestManyTipsAreTakenOldestFirst(t *testing.T) {
	l := ledger.New(3)
	var roots []string
	for range 20 {
		roots = append(roots, l.Add(ledger.AddOptions{Parents: []string{}}).ID)
	}
	assert.Equal(t, roots[:4], l.Add(ledger.AddOptions{}).Parents)
	assert.Equal(t, roots[4:8], l.Add(ledger.AddOptions{}).Parents)
	for range 10 {
		l.Add(ledger.AddOptions{})
	}
	assert.Less(t, len(l.Tips()), 9)
}

func TestFewMessagesAreAllPicked(t *testing.T) {
	l := ledger.New(3)
	a, b := l.Add(ledger.AddOptions{}), l.Add(ledger.AddOptions{})
	assert.Equal(t, []string{a.ID, b.ID}, l.Add(ledger.AddOptions{}).Parents)
}

func TestATipOutsideTheWindowIsStillPicked(t *testing.T) {
	l := ledger.New(3)
	lonely := root(l, start)
	at := root(l, start)
	for range 30 {
		at = on(l, at)
	}
	require.Contains(t, l.Tips(), lonely.ID)
	for range 60 {
		l.Add(ledger.AddOptions{})
	}
	assert.NotContains(t, l.Tips(), lonely.ID)
}
