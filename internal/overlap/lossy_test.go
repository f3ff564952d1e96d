package overlap_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/overlap"
	"github.com/adic/adic-go/subscription/events"
)

// losing returns what is left of seq on a connection that was opened somewhere and
// loses events now and then, some in a row.
func losing(s source, seq []event) (left []event) {
	losing := 0
	for _, e := range seq[s.IntN(len(seq)/2):] {
		if losing == 0 && s.IntN(16) == 15 {
			losing = 1 + s.IntN(4)
		}
		if losing > 0 {
			losing--
			continue
		}
		left = append(left, e)
	}
	return left
}

// A switching is one lane of a switch from one lossy connection to another.
type switching struct {
	delivered []event // by the old one
	kept      []event // of the new one, when the cut was asked for
	later     []event // of the new one
}

// Outcomes of a switching.
const (
	noCut   = iota
	exact   // the end of what the old one delivered was found
	astray  // it was not, and that was noticed
	unended // it was not yet reached
)

// play gives it all to a Cut, the two in any order, and cuts. It returns what was
// skipped of the new one.
func (w *switching) play(s source, c *overlap.Cut) (skipped, handedOn []event, outcome int) {
	for o, n := 0, 0; o < len(w.delivered) || n < len(w.kept); {
		if n == len(w.kept) || o < len(w.delivered) && s.IntN(2) == 0 {
			older(c, w.delivered[o])
			o++
		} else {
			newer(c, w.kept[n])
			n++
		}
	}
	n, ok := c.Skip(events.High)
	if !ok {
		return nil, nil, noCut
	}
	if n <= len(w.kept) {
		return w.kept[:n], append(slices.Clip(w.kept[n:]), w.later...), exact
	}
	skipped = slices.Clip(w.kept)
	for i, e := range w.later {
		if !confirm(c, e) {
			if _, ok = c.Skip(events.High); ok {
				return skipped, w.later[i:], exact
			}
			return skipped, w.later[i:], astray
		}
		skipped = append(skipped, e)
	}
	return skipped, nil, unended
}

// backed reports whether skipped ends with a beat, and what followed it, that the
// old one delivered just so; at its very end, if the outcome was exact.
func (w *switching) backed(skipped []event, outcome int) bool {
	for i, e := range skipped {
		if e.of != tips {
			continue
		}
		tail := skipped[i:]
		for from := range w.delivered {
			to := from + len(tail)
			if to <= len(w.delivered) && slices.Equal(w.delivered[from:to], tail) && (outcome != exact || to == len(w.delivered)) {
				return true
			}
		}
	}
	return false
}

// runLossy plays one switch with losses on both connections.
func runLossy(t require.TestingT, s source, twins bool) (outcome int) {
	seq := sequence(s, 60, tips, transfer)
	if !twins {
		for i := range seq {
			seq[i] = made(seq[i].of, seq[i].second, fmt.Sprint(i))
		}
	}
	old, fresh := losing(s, seq), losing(s, seq)
	kept := s.IntN(len(fresh) + 1)
	w := switching{old[:s.IntN(len(old)+1)], fresh[:kept], fresh[kept:]}
	var c overlap.Cut
	skipped, handedOn, outcome := w.play(s, &c)
	if outcome == noCut {
		return noCut
	}
	require.True(t, w.backed(skipped, outcome), "delivered %v\nskipped %v\nhanded on %v", w.delivered, skipped, handedOn)
	if twins {
		return outcome
	}
	beat := 0
	for i, e := range skipped {
		if e.of == tips && slices.Contains(w.delivered, e) {
			beat = i
		}
	}
	for _, e := range skipped[beat:] {
		require.Contains(t, w.delivered, e, "it is lost")
	}
	if outcome == exact {
		for _, e := range handedOn {
			require.NotContains(t, w.delivered, e, "it is doubled")
		}
	}
	return outcome
}

// Both connections lose events anywhere. Whenever there is a cut, what is skipped
// after the last common beat has been delivered; and if the end was found, nothing
// is doubled.
func TestNothingIsSkippedThatWasNotDelivered(t *testing.T) {
	for _, twins := range []bool{false, true} {
		outcomes := map[int]int{}
		for seed := range uint64(5000) {
			outcomes[runLossy(t, rand.New(rand.NewPCG(seed, 3)), twins)]++
		}
		assert.Greater(t, outcomes[noCut], 500)
		assert.Greater(t, outcomes[exact], 500)
		assert.Greater(t, outcomes[astray], 100)
		assert.Greater(t, outcomes[unended], 10)
	}
}
