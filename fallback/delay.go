package fallback

import (
	"math"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// A delay turns failures into waits. The ceilings are backoff's, first, 2·first
// … last, without its jitter and without its time limit; what lies below a
// ceiling is drawn here. Backoff's own jitter comes on top of the ceiling, from a
// global source, and once cut back to the ceiling would put half of all draws on
// exactly the longest wait: a herd.
type delay struct {
	ceilings *backoff.ExponentialBackOff
	rand     func() float64
}

// standing is the clock that backoff is given: it would use one only to stop
// after a time limit, and there is none.
type standing struct{}

// Now returns the zero time.
func (standing) Now() time.Time { return time.Time{} }

// newDelay returns a delay whose ceilings go from first to last, both of which
// must be positive.
func newDelay(first, last time.Duration, rand func() float64) delay {
	return delay{
		ceilings: backoff.NewExponentialBackOff(
			backoff.WithInitialInterval(first),
			backoff.WithMultiplier(2),
			backoff.WithMaxInterval(last),
			backoff.WithRandomizationFactor(0),
			backoff.WithMaxElapsedTime(0),
			backoff.WithClockProvider(standing{}),
		),
		rand: rand,
	}
}

// next returns a wait between a quarter of the next ceiling and the ceiling.
func (d delay) next() time.Duration {
	ceiling := d.ceilings.NextBackOff()
	return between(ceiling/4, ceiling, d.rand)
}

// shortest returns a wait between 0 and the next ceiling.
func (d delay) shortest() time.Duration {
	return between(0, d.ceilings.NextBackOff(), d.rand)
}

// reset goes back to the first ceiling.
func (d delay) reset() { d.ceilings.Reset() }

// between draws from [low, high). It stays in these bounds, and does not
// overflow, for any 0 ≤ low ≤ high and whatever rand returns.
func between(low, high time.Duration, rand func() float64) time.Duration {
	u := rand()
	if math.IsNaN(u) {
		u = 0
	}
	u = min(max(u, 0), math.Nextafter(1, 0))
	width := high - low
	return low + min(time.Duration(u*float64(width)), width)
}
