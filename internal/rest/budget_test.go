package rest_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// spree takes as much as it can for d, and returns when.
func spree(b *rest.Budget, from time.Time, d time.Duration, class rest.Class) []time.Time {
	var taken []time.Time
	for now := from; now.Before(from.Add(d)); {
		wait := b.Take(now, class)
		if wait == 0 {
			taken = append(taken, now)
		}
		now = now.Add(wait)
	}
	return taken
}

// busiest returns the largest number of times within one minute.
func busiest(times []time.Time) int {
	most, first := 0, 0
	for i, at := range times {
		for at.Sub(times[first]) >= time.Minute {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// No minute has more than the budget, and on the whole most of it can be used.
func TestBudgetBound(t *testing.T) {
	for _, c := range []struct{ perMinute, bound, tenMinutes int }{
		{0, 120, 1000}, {120, 120, 1000}, {12, 12, 100}, {600, 600, 5000}, {1, 2, 5}, {3, 4, 15},
	} {
		taken := spree(rest.NewBudget(c.perMinute, 0), start, 10*time.Minute, rest.Fact)
		assert.LessOrEqual(t, busiest(taken), c.bound, "%d a minute", c.perMinute)
		assert.GreaterOrEqual(t, len(taken), c.tenMinutes, "%d a minute", c.perMinute)
	}
}

// A poll of some ten requests goes out at once.
func TestBudgetBurst(t *testing.T) {
	b := rest.NewBudget(0, 0)
	assert.Equal(t, 20, b.Free(start, rest.Fact))
	assert.Equal(t, 18, b.Free(start, rest.State))
	assert.Equal(t, 15, b.Free(start, rest.Sweep))
	for range 20 {
		assert.Zero(t, b.Take(start, rest.Fact))
	}
	assert.Zero(t, b.Free(start, rest.Fact))
	wait := b.Take(start, rest.Fact)
	assert.Equal(t, 600*time.Millisecond, wait)
	assert.Zero(t, b.Take(start.Add(wait), rest.Fact), "asking again after the wait succeeds")
	assert.Positive(t, b.Take(start.Add(-time.Hour), rest.Fact), "a clock that goes back gives nothing away")
}

// While the budget is short, facts come before states before the sweep.
func TestBudgetPrecedence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rest.NewBudget(0, 0)
		spree(b, time.Now(), time.Millisecond, rest.Fact)
		var mu sync.Mutex
		var order []rest.Class
		var group sync.WaitGroup
		for _, class := range []rest.Class{rest.Sweep, rest.State, rest.Fact} {
			for range 3 {
				group.Go(func() {
					assert.NoError(t, b.Wait(t.Context(), class, 0))
					mu.Lock()
					defer mu.Unlock()
					order = append(order, class)
				})
			}
		}
		group.Wait()
		want := []rest.Class{0, 0, 0, 1, 1, 1, 2, 2, 2}
		assert.Equal(t, want, order)
	})
}

// An answer larger than a second's bytes is paid off before the next request.
func TestBudgetBytes(t *testing.T) {
	b := rest.NewBudget(0, 1000)
	require.Zero(t, b.Take(start, rest.Fact))
	b.Spend(start, 4000)
	assert.Zero(t, b.Free(start, rest.Fact))
	assert.Equal(t, 3*time.Second, b.Take(start, rest.Fact))
	assert.Zero(t, b.Take(start.Add(3*time.Second), rest.Fact))
}

// 429 is obeyed, and halves the budget for ten minutes, never below 12.
func TestBudgetThrottled(t *testing.T) {
	b := rest.NewBudget(120, 0)
	b.Throttled(start, 30*time.Second)
	b.Throttled(start.Add(time.Second), 0) // an answer that was under way
	assert.Equal(t, start.Add(30*time.Second), b.Cooling(start))
	assert.Equal(t, 30*time.Second, b.Take(start, rest.Fact))
	assert.Zero(t, b.Free(start, rest.Fact))
	assert.Zero(t, b.Cooling(start.Add(30*time.Second)))
	taken := spree(b, start.Add(30*time.Second), 9*time.Minute, rest.Fact)
	assert.LessOrEqual(t, busiest(taken), 60)
	assert.Greater(t, busiest(taken), 40, "halved once, not twice")

	later := start.Add(11 * time.Minute)
	taken = spree(b, later, 5*time.Minute, rest.Fact)
	assert.Greater(t, busiest(taken), 90, "whole again after ten minutes")

	now := start.Add(time.Hour)
	for range 40 {
		b.Throttled(now, time.Second)
		now = now.Add(2 * time.Second)
	}
	taken = spree(b, now, 5*time.Minute, rest.Fact)
	assert.LessOrEqual(t, busiest(taken), 12)
	assert.GreaterOrEqual(t, busiest(taken), 10, "never below 12 a minute")

	few := rest.NewBudget(6, 0)
	few.Throttled(start, time.Second)
	taken = spree(few, start.Add(time.Second), 5*time.Minute, rest.Fact)
	assert.Greater(t, busiest(taken), 4, "a budget that is lower anyway stays")
}

// A Retry-After of days counts as ten minutes, one of nothing as five seconds.
func TestBudgetThrottledBounds(t *testing.T) {
	b := rest.NewBudget(0, 0)
	b.Throttled(start, 48*time.Hour)
	assert.Equal(t, start.Add(10*time.Minute), b.Cooling(start))
	b = rest.NewBudget(0, 0)
	b.Throttled(start, 0)
	assert.Equal(t, start.Add(5*time.Second), b.Cooling(start))
}

// Wait ends with its context, and at once where it could only end so.
func TestBudgetWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rest.NewBudget(0, 0)
		spree(b, time.Now(), time.Millisecond, rest.Fact)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		from := time.Now()
		require.ErrorIs(t, b.Wait(ctx, rest.Fact, time.Hour), context.DeadlineExceeded)
		assert.Equal(t, 100*time.Millisecond, time.Since(from))

		b.Throttled(time.Now(), time.Minute)
		from = time.Now()
		ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := b.Wait(ctx, rest.Fact, time.Hour)
		var cooling *rest.CoolingError
		require.ErrorAs(t, err, &cooling)
		assert.Equal(t, time.Minute, cooling.RetryAfter)
		assert.EqualError(t, err, "rest: the server asked for no request for another 1m0s")
		assert.Zero(t, time.Since(from))

		require.ErrorAs(t, b.Wait(t.Context(), rest.Fact, time.Minute-1), &cooling, "longer than patience")
		assert.Zero(t, time.Since(from))
		require.NoError(t, b.Wait(t.Context(), rest.Fact, time.Minute))
		assert.Equal(t, time.Minute, time.Since(from))
	})
}

// Delay says what Take would, and takes nothing.
func TestBudgetDelay(t *testing.T) {
	b := rest.NewBudget(12, 0) // two at once
	for range 3 {
		assert.Zero(t, b.Delay(start, rest.Sweep))
	}
	require.Zero(t, b.Take(start, rest.Fact))
	require.Zero(t, b.Take(start, rest.Fact))
	for _, class := range []rest.Class{rest.Fact, rest.State, rest.Sweep} {
		wait := b.Delay(start, class)
		assert.Positive(t, wait)
		assert.Equal(t, b.Take(start, class), wait)
	}
	b.Throttled(start, time.Minute)
	assert.Equal(t, time.Minute, b.Delay(start, rest.Fact))
}

// The client obeys the server: one request per wait.
func TestClientThrottled(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			server := &fake{handle: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "20")
				w.WriteHeader(status)
			}}
			client := server.client(t)
			from := time.Now()
			for range 3 {
				_, err := client.Tips(t.Context(), rest.Fact)
				var refused *rest.StatusError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, 20*time.Second, refused.RetryAfter)
				assert.Zero(t, client.Free(rest.Fact))
				_, err = client.Tips(t.Context(), rest.Fact)
				var cooling *rest.CoolingError
				require.ErrorAs(t, err, &cooling, "longer than a request may take")
				assert.Equal(t, 20*time.Second, cooling.RetryAfter)
				time.Sleep(12 * time.Second)
				assert.Equal(t, 8*time.Second, client.Delay(rest.Fact))
			}
			assert.Equal(t, 52*time.Second, time.Since(from))
			assert.Len(t, server.targets(), 3)
		})
	}
}

// The pause after a 429 that names no time is waited for, however short the
// time-out.
func TestClientPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := answering(http.StatusTooManyRequests, "").client(t, func(c *rest.Config) { c.Timeout = time.Second })
		from := time.Now()
		for range 3 {
			_, err := client.Tips(t.Context(), rest.Fact)
			var refused *rest.StatusError
			require.ErrorAs(t, err, &refused)
		}
		assert.Equal(t, 10*time.Second, time.Since(from))
	})
}

// A 503 that asks for nothing slows nothing down.
func TestClientNotThrottled(t *testing.T) {
	client := answering(http.StatusServiceUnavailable, "").client(t)
	for range 50 {
		_, err := client.Tips(t.Context(), rest.Fact)
		require.Error(t, err)
	}
	assert.Positive(t, client.Free(rest.Fact))
}

// Answers count against the bytes, errors too.
func TestClientSpends(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusBadGateway} {
		synctest.Test(t, func(t *testing.T) {
			body := `{"tips":[` + string(make([]byte, 1000)) + `]}`
			client := answering(status, body).client(t, func(c *rest.Config) { c.Budget = rest.NewBudget(0, 100) })
			from := time.Now()
			for range 2 {
				_, err := client.Tips(t.Context(), rest.Fact)
				require.Error(t, err)
			}
			assert.Greater(t, time.Since(from), 4*time.Second)
		})
	}
}

// Taking a request costs no memory.
func TestBudgetAllocs(t *testing.T) {
	b := rest.NewBudget(0, 0)
	now := start
	allocs := testing.AllocsPerRun(100, func() {
		now = now.Add(time.Second)
		b.Take(now, rest.State)
		b.Spend(now, 100)
	})
	assert.Zero(t, allocs)
}
