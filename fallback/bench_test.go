package fallback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
)

// A decision is made once for a connection, so its cost does not matter; that it
// leaves no garbage is a matter of order.
func TestDecisionsDoNotAllocate(t *testing.T) {
	l := fallback.New(fallback.Policy{}, middle)
	step := l.First(start)
	now := start
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		now = now.Add(step.Wait)
		step = l.Next(now, ended(step.Transport, failed))
		l.Better(now)
	}))
}

func BenchmarkNext(b *testing.B) {
	l := fallback.New(fallback.Policy{}, middle)
	step := l.First(start)
	now := start
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(step.Wait)
		step = l.Next(now, ended(step.Transport, failed))
	}
}
