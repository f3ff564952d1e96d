package fallback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
)

// Two in the same state decide the same, and what becomes of one is nothing to the
// other.
func TestACloneSharesNothing(t *testing.T) {
	fails := func(first fallback.Step, next func(time.Time, fallback.Step) fallback.Step) (steps []fallback.Step) {
		now, step := start, first
		for range 12 {
			step = next(now, step)
			steps = append(steps, step)
			now = now.Add(step.Wait)
		}
		return steps
	}
	t.Run("ladder", func(t *testing.T) {
		original := fallback.New(fallback.Policy{}, middle)
		first := original.First(start)
		play := func(l *fallback.Ladder) []fallback.Step {
			return fails(first, func(now time.Time, s fallback.Step) fallback.Step {
				return l.Next(now, ended(s.Transport, fallback.Failed))
			})
		}
		want, late := play(original.Clone()), original.Clone()
		assert.Equal(t, want, play(original), "the first clone left it as it was")
		assert.Equal(t, want, play(late), "and it the second")
	})
	t.Run("pool", func(t *testing.T) {
		original := fallback.NewPool(3, fallback.Policy{}, middle)
		first := original.First(start)
		play := func(p *fallback.Pool) []fallback.Step {
			return fails(first, func(now time.Time, s fallback.Step) fallback.Step {
				return p.Next(now, s.Endpoint, ended(s.Transport, fallback.Failed))
			})
		}
		want, late := play(original.Clone()), original.Clone()
		assert.Equal(t, want, play(original), "the first clone left it as it was")
		assert.Equal(t, want, play(late), "and it the second")
	})
}
