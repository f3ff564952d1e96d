package lifecycle

import "time"

// An Instant is a moment by two clocks that may disagree.
type Instant struct {
	Mono time.Duration // by the monotonic clock, since some fixed moment: it stands still while the host sleeps
	Wall time.Duration // by the wall clock, since 1970 began: it may be set
}

// Add returns the instant d later, if nobody sleeps or sets a clock.
func (i Instant) Add(d time.Duration) Instant { return Instant{i.Mono + d, i.Wall + d} }

// jumped reports whether the clocks have gone apart since then.
func (i Instant) jumped(then Instant) bool {
	apart := (i.Wall - then.Wall) - (i.Mono - then.Mono)
	return apart > jump || apart < -jump
}

// moment is an instant as a Chooser has it: monotonic alone.
func (i Instant) moment() time.Time { return time.Unix(0, 0).Add(i.Mono) }

// mono is the inverse of moment.
func mono(t time.Time) time.Duration { return t.Sub(time.Unix(0, 0)) }
