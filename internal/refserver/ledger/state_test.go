package ledger_test

import (
	"math"
	"testing"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDiversityOfNothing(t *testing.T) {
	d := ledger.New(1).Diversity()
	assert.Zero(t, d.Tips)
	assert.Zero(t, d.Score)
	require.Len(t, d.Axes, 3)
	for _, a := range d.Axes {
		assert.Zero(t, a.DistinctBalls)
		assert.Zero(t, a.Entropy)
		assert.False(t, a.Meets)
	}
}

// The figures are those of the digits that REST shows of the tips.
func TestDiversityFollowsTheDigitsOfTheTips(t *testing.T) {
	l := ledger.New(1)
	for n := range 12 {
		root(l, start)
		d := l.Diversity()
		require.Equal(t, n+1, d.Tips)
		meets := 0
		for i, a := range d.Axes {
			balls := map[string]float64{}
			for _, m := range l.Messages() { // all of them are tips
				balls[string(m.Axes[a.Axis].Digits[:a.Radius])]++
			}
			want := 0.0
			for _, c := range balls {
				want -= c / float64(d.Tips) * math.Log2(c/float64(d.Tips))
			}
			require.Equal(t, uint32(i), a.Axis)
			require.Len(t, balls, a.DistinctBalls)
			require.Equal(t, ledger.RequiredDiversity, a.Required)
			require.Equal(t, a.DistinctBalls >= a.Required, a.Meets)
			require.InDelta(t, want, a.Entropy, 1e-9)
			if a.Meets {
				meets++
			}
		}
		require.InDelta(t, float64(meets)/3, d.Score, 1e-9)
	}
	assert.InDelta(t, 1, l.Diversity().Score, 1e-9, "twelve tips are spread enough")
	assert.Equal(t, l.Diversity(), l.Diversity(), "to the last digit")
}

func TestAdmissibilityCountsTipsWithFourParents(t *testing.T) {
	l := ledger.New(1)
	assert.Equal(t, ledger.Admissibility{}, l.Admissibility(50))
	var parents []ledger.Message
	for range 4 {
		parents = append(parents, root(l, start))
	}
	assert.Zero(t, l.Admissibility(50).Sample, "tips without parents")
	assert.Zero(t, l.Admissibility(50).Rate(1), "of nothing")

	for range 3 {
		on(l, parents...)
	}
	on(l, parents[:3]...)
	a := l.Admissibility(50)
	assert.Equal(t, 3, a.Sample)
	assert.Equal(t, 3, a.Proximity)
	assert.Equal(t, 3, a.Reputation)
	assert.Equal(t, a.Diversity, a.All)
	assert.InDelta(t, 1.0, a.Rate(a.Proximity), 1e-9)
	assert.LessOrEqual(t, l.Admissibility(2).Sample, 2, "of the first two tips")
}

func TestAdmissibilityNeedsParentsInThreeBalls(t *testing.T) {
	seen := map[bool]bool{}
	for seed := range uint64(40) {
		l := ledger.New(seed)
		balls := map[string]bool{}
		var parents []ledger.Message
		for range 4 {
			parents = append(parents, root(l, start))
			balls[string(parents[len(parents)-1].Axes[0].Digits[:2])] = true
		}
		on(l, parents...)
		want := len(balls) >= ledger.RequiredDiversity
		a := l.Admissibility(50)
		require.Equal(t, want, a.All == 1)
		seen[want] = true

		for _, p := range parents[:2] {
			l.Drop(p.ID)
		}
		require.Zero(t, l.Admissibility(50).All, "two held parents lie in two balls at most")
	}
	assert.Len(t, seen, 2, "both kinds were met")
}

func TestEnergyOfNothingIsNegativeZero(t *testing.T) {
	e := ledger.New(1).Energy()
	assert.True(t, e.Sum == 0 && math.Signbit(e.Sum))
	assert.Zero(t, e.Average)
	assert.Zero(t, e.Total)
}

func TestEnergySumsUpConflicts(t *testing.T) {
	l := ledger.New(1)
	l.SetConflicts(
		ledger.Conflict{ID: "hot", Energy: 0.5, Drift: -0.1},
		ledger.Conflict{ID: "rising", Energy: 0.05, Drift: 0.1},
		ledger.Conflict{ID: "settled", Energy: 0.05, Drift: -0.1},
	)
	e := l.Energy()
	assert.Equal(t, 3, e.Total)
	assert.Equal(t, 1, e.Resolved)
	assert.Equal(t, 2, e.Active)
	assert.Equal(t, 2, e.Descending)
	assert.InDelta(t, 0.6, e.Sum, 1e-9)
	assert.InDelta(t, 0.2, e.Average, 1e-9)
	e.Conflicts[0].ID = "changed"
	assert.Equal(t, "hot", l.Energy().Conflicts[0].ID, "a copy")
}
