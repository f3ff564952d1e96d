package fallback_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

// asked is a busy server that says when to come back.
func asked(t fallback.Transport, retryAfter time.Duration) fallback.Outcome {
	return fallback.Outcome{Transport: t, Kind: busy, RetryAfter: retryAfter}
}

// On a stream it was said about that stream: the others go on.
func TestRetryAfterOfAStreamCoolsThatRungOnly(t *testing.T) {
	l := fallback.New(fallback.Policy{}, constant(0))
	now := start
	l.First(now)
	require.Equal(t, at(sse), l.Next(now, asked(ws, 2*time.Minute)))

	step := l.Next(now, ended(sse, failed))
	require.Equal(t, at(poll), step)
	for now.Before(start.Add(2 * time.Minute)) {
		step = l.Next(now, ended(step.Transport, failed))
		now = now.Add(step.Wait)
		if now.Before(start.Add(2 * time.Minute)) {
			require.NotEqual(t, ws, step.Transport, "%s after the answer", now.Sub(start))
		}
	}
	for step.Transport != ws {
		require.Less(t, now, start.Add(4*time.Minute))
		step = l.Next(now, ended(step.Transport, failed))
		now = now.Add(step.Wait)
	}
}

// A rung below that cools is passed over on the way down.
func TestACoolingRungIsPassedOverOnTheWayDown(t *testing.T) {
	l := fallback.New(fallback.Policy{}, constant(0))
	l.First(start)
	l.Next(start, ended(ws, failed))
	l.Next(start, asked(sse, time.Hour))
	l.Next(start, ended(poll, failed))
	assert.Equal(t, at(poll), l.Next(start.Add(time.Second), ended(ws, failed)))
}

// On polling it was said about plain requests, and every attempt begins with one.
func TestRetryAfterOfPollingCoolsTheHost(t *testing.T) {
	l := fallback.New(fallback.Policy{}, constant(0))
	l.First(start)
	l.Next(start, ended(ws, failed))
	l.Next(start, ended(sse, failed))
	assert.Equal(t, after(2*time.Minute, ws), l.Next(start, asked(poll, 2*time.Minute)))

	// Nor is a better transport tried before.
	l = fallback.New(fallback.Policy{}, constant(0))
	l.First(start)
	l.Next(start, ended(ws, failed))
	l.Next(start, ended(sse, failed))
	l.Failed(start, asked(poll, 2*time.Minute))
	transport, when := l.Better(start)
	assert.Equal(t, ws, transport)
	assert.Equal(t, start.Add(2*time.Minute), when)
}

func TestRetryAfterIsAFloorUnderOurOwnWait(t *testing.T) {
	for name, c := range map[string]struct {
		policy fallback.Policy
		asked  time.Duration
		low    time.Duration
		high   time.Duration
	}{
		"less than our own wait":           {order(ws), 100 * time.Millisecond, 250 * time.Millisecond, 1100 * time.Millisecond},
		"a second":                         {order(ws), time.Second, time.Second, 2 * time.Second},
		"a minute and up to a quarter":     {order(ws), time.Minute, time.Minute, 75 * time.Second},
		"eight minutes and up to a minute": {order(ws), 8 * time.Minute, 8 * time.Minute, 9 * time.Minute},
		"at the cap, less":                 {order(ws), 10 * time.Minute, 9 * time.Minute, 10 * time.Minute},
		"far above the cap":                {order(ws), math.MaxInt64, 9 * time.Minute, 10 * time.Minute},
		"a cap of one's own":               {fallback.Policy{Order: order(ws).Order, MaxRetryAfter: 30 * time.Second}, time.Hour, 0, 30 * time.Second},
		"a cap below the first ceiling": {
			fallback.Policy{Order: order(ws).Order, MaxRetryAfter: time.Millisecond}, time.Hour, 250 * time.Millisecond, time.Second,
		},
		"ignored":  {fallback.Policy{Order: order(ws).Order, MaxRetryAfter: -1}, time.Hour, 250 * time.Millisecond, time.Second},
		"negative": {order(ws), -time.Hour, 250 * time.Millisecond, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			random := seeded(7)
			seen := map[time.Duration]bool{}
			for range 1000 {
				l := fallback.New(c.policy, random)
				l.First(start)
				wait := l.Next(start, asked(ws, c.asked)).Wait
				require.GreaterOrEqual(t, wait, c.low)
				require.LessOrEqual(t, wait, c.high)
				seen[wait] = true
			}
			assert.Greater(t, len(seen), 900, "nobody comes back with the herd")
		})
	}
}

// With every rung cooling, the one that is free first is next.
func TestWhenAllCoolTheFirstToBeFreeIsNext(t *testing.T) {
	l := fallback.New(order(ws, sse), constant(0))
	l.First(start)
	l.Next(start, asked(ws, 5*time.Minute))
	assert.Equal(t, after(3*time.Minute, sse), l.Next(start, asked(sse, 3*time.Minute)))
	assert.Equal(t, after(2*time.Minute, ws), l.Next(start.Add(3*time.Minute), asked(sse, 9*time.Minute)))
}

// A rung that has cooled is the best again, as if nothing had been asked.
func TestACooledRungIsTheBestAgain(t *testing.T) {
	l := fallback.New(order(ws, sse), middle)
	l.First(start)
	l.Next(start, asked(ws, time.Second))
	assert.Equal(t, after(w1, ws), l.Next(start.Add(time.Minute), ended(sse, failed)))
}

// A later answer that asks for less does not shorten what was asked before.
func TestTheLongerRetryAfterCounts(t *testing.T) {
	l := fallback.New(order(ws), constant(0))
	l.First(start)
	l.Next(start, asked(ws, 5*time.Minute))
	assert.Equal(t, after(5*time.Minute, ws), l.Next(start, asked(ws, time.Minute)))
}

// A dropped stream that says when to come back (SSE can) is waited for, if that is
// not longer than our own longest wait; else the next rung serves meanwhile.
func TestRetryAfterOfADroppedStream(t *testing.T) {
	drop := func(retryAfter time.Duration) fallback.Outcome {
		return fallback.Outcome{Transport: sse, Kind: dropped, Good: true, RetryAfter: retryAfter}
	}
	for name, c := range map[string]struct {
		asked time.Duration
		want  fallback.Step
	}{
		"soon":       {3 * time.Second, after(3*time.Second, sse)},
		"in a while": {time.Hour, at(poll)},
	} {
		t.Run(name, func(t *testing.T) {
			l := fallback.New(order(sse, poll), constant(0))
			l.First(start)
			l.Good(start)
			// Good forgets an older answer: the connection is proof that it is over.
			assert.Equal(t, c.want, l.Next(start.Add(time.Minute), drop(c.asked)))
		})
	}
}

// A clock that was set back does not prolong any wait beyond its bound.
func TestAClockSetBack(t *testing.T) {
	l := fallback.New(order(ws), constant(0))
	l.First(start)
	l.Next(start, asked(ws, time.Minute))
	step := l.Next(start.Add(-24*time.Hour), ended(ws, failed))
	assert.LessOrEqual(t, step.Wait, 10*time.Minute)
}
