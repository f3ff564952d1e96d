package fallback

import "time"

// perMinute is how often one transport is attempted in any minute at most.
const perMinute = 10

// A rung is what a Ladder remembers about one transport.
type rung struct {
	transport Transport
	delay     delay                // between tries by Better
	retry     time.Time            // Better does not try it before
	cool      time.Time            // by Retry-After, nobody tries it before
	refused   bool                 // its last outcome in this pass was Refused
	denied    bool                 // its last outcome was Refused or Silent
	starts    [perMinute]time.Time // of its last attempts, a ring
	oldest    int                  // index into starts
}

// start records an attempt, which begins then.
func (r *rung) start(at time.Time) {
	r.starts[r.oldest] = at
	r.oldest = (r.oldest + 1) % perMinute
}

// rested returns when another attempt would not be one too many in its minute.
func (r *rung) rested() time.Time {
	if r.starts[r.oldest].IsZero() {
		return time.Time{}
	}
	return r.starts[r.oldest].Add(time.Minute)
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// earlier returns the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
