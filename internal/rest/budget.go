package rest

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

// Class is the precedence of a request: while the budget is short, facts are
// read before states, and states before the sweep.
type Class uint8

// The classes.
const (
	Fact  Class = iota // messages, and their finality once a count says that there is some
	State              // what is so now: tips, diversity, economics …
	Sweep              // questions asked in case something was missed
)

// reserve is the part of the burst that each class leaves to those before it.
// A waiting Fact takes every token before there are enough for a State, so the
// order holds without a queue.
func (c Class) reserve() float64 {
	switch c {
	case Fact:
		return 0
	case State:
		return 0.1
	default:
		return 0.25
	}
}

// The bounds of a budget.
const (
	defaultPerMinute = 120
	defaultPerSecond = 8_000_000
	fewest           = 12               // requests a minute that halving never goes below
	slowFor          = 10 * time.Minute // how long one 429 halves the budget
	longestPause     = 10 * time.Minute // how much of a Retry-After is believed
	pause            = 5 * time.Second  // after a 429 that names no time
	burstShare       = 6                // the burst is this part of a minute's requests
)

// A Budget is a token bucket for the requests to one endpoint, and a second one
// for the bytes of the answers. In no minute does it give out more requests than
// it was made with. All methods may be called concurrently; those that are given
// the time are pure.
type Budget struct {
	perMinute float64
	perSecond float64

	mu      sync.Mutex
	tokens  float64   // requests that may be made now
	bytes   float64   // of answers; negative while an answer is being paid off
	at      time.Time // when both were counted
	blocked time.Time // no request before
	slow    time.Time // the budget is halved until
	halved  int       // how many times
}

// NewBudget returns a full budget. Zero and less stand for the defaults: 120
// requests a minute, 8,000,000 bytes a second.
func NewBudget(perMinute int, bytesPerSecond int64) *Budget {
	if perMinute <= 0 {
		perMinute = defaultPerMinute
	}
	if bytesPerSecond <= 0 {
		bytesPerSecond = defaultPerSecond
	}
	b := &Budget{perMinute: float64(perMinute), perSecond: float64(bytesPerSecond)}
	b.tokens, b.bytes = b.burst(b.perMinute), b.perSecond
	return b
}

// burst is how many requests may be made at once.
func (*Budget) burst(perMinute float64) float64 { return max(1, perMinute/burstShare) }

// currentLocked returns requests a minute as of the last settling.
func (b *Budget) currentLocked() float64 {
	return max(b.perMinute/math.Pow(2, float64(b.halved)), min(b.perMinute, fewest))
}

// rateLocked returns the tokens that come in a second. A minute's worth and the
// burst are together what a minute may have.
func (b *Budget) rateLocked() float64 {
	perMinute := b.currentLocked()
	return max(perMinute-b.burst(perMinute), perMinute/2) / time.Minute.Seconds()
}

// settleLocked counts what has come in since the last call.
func (b *Budget) settleLocked(now time.Time) {
	if b.at.IsZero() {
		b.at = now
	}
	passed := max(0, now.Sub(b.at).Seconds())
	b.tokens = min(b.tokens+passed*b.rateLocked(), b.burst(b.currentLocked()))
	b.bytes = min(b.bytes+passed*b.perSecond, b.perSecond)
	b.at = now
	if b.halved > 0 && !now.Before(b.slow) {
		b.halved = 0
	}
}

// needLocked is how many tokens must be there for a request of the class.
func (b *Budget) needLocked(class Class) float64 {
	return 1 + class.reserve()*(b.burst(b.currentLocked())-1)
}

// Take takes a request out of the budget and returns 0, or returns how long to
// wait before asking again.
func (b *Budget) Take(now time.Time, class Class) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settleLocked(now)
	wait := b.delayLocked(now, class)
	if wait == 0 {
		b.tokens--
	}
	return wait
}

// Delay returns what Take would, and takes nothing.
func (b *Budget) Delay(now time.Time, class Class) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settleLocked(now)
	return b.delayLocked(now, class)
}

// delayLocked returns how long a request of the class has to wait, as of the last
// settling.
func (b *Budget) delayLocked(now time.Time, class Class) time.Duration {
	if now.Before(b.blocked) {
		return b.blocked.Sub(now)
	}
	wait := max((b.needLocked(class)-b.tokens)/b.rateLocked(), -b.bytes/b.perSecond)
	const grain = 1e-6 // seconds; less is rounding
	if wait > grain {
		return max(time.Millisecond, time.Duration(math.Ceil(wait*1e3))*time.Millisecond)
	}
	return 0
}

// Free returns how many requests of the class could be taken now, without a
// wait, by one who takes them one after the other.
func (b *Budget) Free(now time.Time, class Class) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settleLocked(now)
	if now.Before(b.blocked) || b.bytes < 0 {
		return 0
	}
	return max(0, int(b.tokens-b.needLocked(class)+1))
}

// Spend takes n bytes of an answer out of the budget. It never waits: an answer
// that was larger than the budget is paid off before the next request.
func (b *Budget) Spend(now time.Time, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settleLocked(now)
	b.bytes -= float64(n)
}

// Throttled notes that the server wants to be asked less: no request for
// retryAfter (0 means 5 s; at most 10 minutes count), and half the budget for
// ten minutes, but never less than 12 a minute. Answers to requests that were
// under way at that time do not halve it again.
func (b *Budget) Throttled(now time.Time, retryAfter time.Duration) {
	if retryAfter <= 0 {
		retryAfter = pause
	}
	until := now.Add(min(retryAfter, longestPause))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settleLocked(now)
	if !now.Before(b.blocked) {
		b.halved = min(b.halved+1, 16)
	}
	b.slow = now.Add(slowFor)
	if until.After(b.blocked) {
		b.blocked = until
	}
	b.tokens = min(b.tokens, b.burst(b.currentLocked()))
}

// Cooling returns until when the server wants no request, zero if it takes some.
func (b *Budget) Cooling(now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.blocked) {
		return b.blocked
	}
	return time.Time{}
}

// Wait takes a request out of the budget, waiting for it if need be. The error
// is the context's, or a *CoolingError if the server wants no request for longer
// than patience, or before the context's deadline.
func (b *Budget) Wait(ctx context.Context, class Class, patience time.Duration) error {
	for {
		now := time.Now()
		wait := b.Take(now, class)
		if wait == 0 {
			return nil
		}
		if until := b.Cooling(now); !until.IsZero() {
			deadline, ok := ctx.Deadline()
			if ok && deadline.Before(until) || until.Sub(now) > patience {
				return &CoolingError{RetryAfter: until.Sub(now)}
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("rest: waiting for the request budget: %w", ctx.Err())
		}
	}
}
