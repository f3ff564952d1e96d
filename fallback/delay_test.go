package fallback_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

// ceilings are the documented bounds of the waits of the default policy.
var ceilings = []time.Duration{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second,
	60 * time.Second, 60 * time.Second,
}

// waits returns the waits between so many failures of the only transport.
func waits(l *fallback.Ladder, n int) []time.Duration {
	now := start
	l.First(now)
	out := make([]time.Duration, n)
	for i := range out {
		step := l.Next(now, ended(sse, failed))
		out[i] = step.Wait
		now = now.Add(step.Wait + time.Second)
	}
	return out
}

func TestEveryWaitLiesBetweenAQuarterAndTheWholeOfItsCeiling(t *testing.T) {
	random := seeded(1)
	for range 10_000 {
		for i, wait := range waits(fallback.New(order(sse), random), len(ceilings)) {
			if wait < ceilings[i]/4 || wait > ceilings[i] {
				t.Fatalf("wait %d: %s with ceiling %s", i, wait, ceilings[i])
			}
		}
	}
}

func TestTheFirstWaitAfterGoodLiesBetweenNothingAndASecond(t *testing.T) {
	random := seeded(2)
	shortest, longest := time.Hour, time.Duration(0)
	for range 10_000 {
		l := fallback.New(fallback.Policy{}, random)
		l.First(start)
		wait := l.Next(start.Add(time.Hour), good(ws, dropped)).Wait
		shortest, longest = min(shortest, wait), max(longest, wait)
	}
	assert.GreaterOrEqual(t, shortest, time.Duration(0))
	assert.Less(t, shortest, 10*time.Millisecond, "the range is used to its lower end")
	assert.Less(t, longest, time.Second)
	assert.Greater(t, longest, 990*time.Millisecond, "and to its upper end")
}

// Ten thousand clients lose one node at the same moment. Whatever wait they are at,
// they come back spread evenly over three quarters of its ceiling: no tenth of the
// range gets more than its share, and none piles up at the longest wait.
func TestNoHerd(t *testing.T) {
	const clients = 10_000
	var tenths [8][10]int
	var exact [8]map[time.Duration]int
	random := seeded(3)
	for range clients {
		for i, wait := range waits(fallback.New(order(sse), random), len(ceilings)) {
			low := ceilings[i] / 4
			tenths[i][min(int(10*(wait-low)/(ceilings[i]-low)), 9)]++
			if exact[i] == nil {
				exact[i] = map[time.Duration]int{}
			}
			exact[i][wait]++
		}
	}
	for i, ceiling := range ceilings {
		for tenth, n := range tenths[i] {
			assert.InDelta(t, clients/10, n, clients/50, "ceiling %s, tenth %d of the range", ceiling, tenth)
		}
		most := 0
		for _, n := range exact[i] {
			most = max(most, n)
		}
		assert.LessOrEqual(t, most, 5, "clients at the same nanosecond")
	}
}

// The source may be as bad as it likes.
func TestDrawsStayInBoundsWhateverTheSourceReturns(t *testing.T) {
	for _, u := range []float64{
		0, math.SmallestNonzeroFloat64, math.Nextafter(1, 0), 1, 2, -1, math.MaxFloat64, -math.MaxFloat64,
		math.Inf(1), math.Inf(-1), math.NaN(),
	} {
		for i, wait := range waits(fallback.New(order(sse), constant(u)), len(ceilings)) {
			assert.GreaterOrEqual(t, wait, ceilings[i]/4, "u=%g", u)
			assert.LessOrEqual(t, wait, ceilings[i], "u=%g", u)
		}
	}
}

// The delays of a policy may be of any size.
func TestExtremePoliciesDoNotOverflow(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	for _, p := range []fallback.Policy{
		{MinDelay: 1, MaxDelay: 1},
		{MinDelay: 1, MaxDelay: longest},
		{MinDelay: longest, MaxDelay: longest, MaxRetryAfter: longest, Promote: longest},
	} {
		p.Order = []fallback.Transport{sse, poll}
		require.Empty(t, p.Validate())
		for _, u := range []float64{0, 0.5, 1} {
			l := fallback.New(p, constant(u))
			now := start
			step := l.First(now)
			for range 200 {
				require.GreaterOrEqual(t, step.Wait, time.Duration(0))
				require.LessOrEqual(t, step.Wait, p.MaxDelay)
				step = l.Next(now, ended(step.Transport, failed))
			}
			step = l.Next(now, fallback.Outcome{Transport: sse, Kind: busy, RetryAfter: longest})
			require.GreaterOrEqual(t, step.Wait, time.Duration(0))
		}
	}
}

// A hundred thousand failures later it still waits as it should.
func TestHugeAttemptCounts(t *testing.T) {
	l := fallback.New(order(sse), seeded(4))
	now := start
	l.First(now)
	for i := range 100_000 {
		step := l.Next(now, ended(sse, failed))
		now = now.Add(step.Wait)
		if i > 10 && (step.Wait < 15*time.Second || step.Wait > 60*time.Second) {
			t.Fatalf("attempt %d: %s", i, step.Wait)
		}
	}
	l.Good(now)
	assert.Less(t, l.Next(now, ended(sse, dropped)).Wait, time.Second)
	assert.LessOrEqual(t, l.Next(now, ended(sse, failed)).Wait, 2*time.Second)
}
