package ledger_test

import (
	"testing"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFinalAfterThreeDescendants(t *testing.T) {
	l := ledger.New(1)
	a := root(l, start)
	b := on(l, a)
	c := on(l, b)
	assert.Empty(t, l.FinalizeOld(), "a has two")
	on(l, c)
	assert.Equal(t, []string{a.ID}, l.FinalizeOld())
	assert.Empty(t, l.FinalizeOld(), "told once")

	assert.Equal(t, ledger.Finality{Final: true, Depth: 3, KCore: 4}, l.Finality(a.ID))
	assert.Equal(t, ledger.Finality{}, l.Finality(b.ID))
	assert.Equal(t, ledger.Finality{}, l.Finality("unknown"))
	held, _ := l.Message(a.ID)
	assert.True(t, held.Final)
	assert.False(t, a.Final, "what was returned before does not change")
	assert.Equal(t, ledger.Counts{Messages: 4, Tips: 1, Final: 1, Pending: 3}, l.Counts())
}

func TestDescendantsCountOnce(t *testing.T) {
	l := ledger.New(1)
	a := root(l, start)
	b, c := on(l, a), on(l, a)
	assert.Empty(t, l.FinalizeOld())
	on(l, b, c) // reached on two ways
	assert.Equal(t, []string{a.ID}, l.FinalizeOld())
	assert.Equal(t, ledger.Finality{Final: true, Depth: 2, KCore: 4}, l.Finality(a.ID))
}

func TestFinalityNeverOvertakesAnAncestor(t *testing.T) {
	l := ledger.New(5)
	final := map[string]bool{}
	for range 300 {
		l.Add(ledger.AddOptions{})
		for _, id := range l.FinalizeOld() {
			final[id] = true
			m, _ := l.Message(id)
			for _, p := range m.Parents {
				require.True(t, final[p])
			}
		}
	}
	assert.Greater(t, len(final), 280)
	assert.Len(t, l.Finals(), len(final))
}

func TestFinalizeByHand(t *testing.T) {
	l := ledger.New(1)
	a, b := root(l, start), root(l, start)
	assert.False(t, l.Finalize("unknown"))
	assert.True(t, l.FinalizeHomology(b.ID))
	assert.True(t, l.Finalize(a.ID))
	assert.False(t, l.Finalize(b.ID), "final already")
	assert.False(t, l.FinalizeHomology(b.ID))
	assert.Equal(t, []string{b.ID, a.ID}, l.Finals(), "in order of finality")
	assert.Equal(t, ledger.Finality{Final: true, Homology: true, KCore: 1}, l.Finality(b.ID))
	assert.Zero(t, l.Counts().Pending)
}

func TestTheCoreIsBounded(t *testing.T) {
	l := ledger.New(1)
	a := root(l, start)
	for range 100 {
		on(l, a)
	}
	require.True(t, l.Finalize(a.ID))
	assert.Equal(t, 65, l.Finality(a.ID).KCore)
}

func TestKCore(t *testing.T) {
	l := ledger.New(1)
	assert.Equal(t, ledger.KCore{K: ledger.K}, l.KCore())
	var all []ledger.Message
	for range 10 {
		all = append(all, l.Add(ledger.AddOptions{}))
	}
	for _, m := range all[:7] {
		l.Finalize(m.ID)
	}
	require.True(t, l.Drop(all[6].ID))
	k := l.KCore()
	assert.Equal(t, 7, k.Finalized, "a dropped one was final")
	assert.Equal(t, 3, k.Pending)
	require.Len(t, k.Recent, 5)
	assert.Equal(t, all[5].ID, k.Recent[0].ID, "newest first")
	sum := 0.0
	for _, f := range k.Recent {
		assert.True(t, f.Final)
		sum += float64(f.Depth)
	}
	assert.InDelta(t, sum/5, k.AvgDepth, 1e-9)
	assert.Positive(t, k.AvgDepth)
}
