package fallback

import (
	"math"
	"time"
)

const (
	// halfLife is how long it takes until half of what is held against an endpoint is
	// forgotten.
	halfLife = time.Minute

	// worst is the most that is held against an endpoint: one that works for a moment
	// only, again and again, is left alone for three minutes.
	worst = 8

	// forFault is how much longer one would wait for an endpoint with one fault less.
	forFault = 2 * time.Second
)

// A member is what a Pool remembers about one endpoint.
type member struct {
	ladder  *Ladder
	planned bool // there is a next step
	at      time.Time
	next    Transport

	score   float64   // of its faults, as of since
	since   time.Time // zero: there were none
	back    time.Time // Better does not name it before, unless the present one is worse
	suspect bool
	refused bool // its last pass was refused by every transport
}

// plan keeps what the ladder says until it is the endpoint's turn.
func (m *member) plan(now time.Time, s Step) {
	m.planned, m.at, m.next = true, now.Add(s.Wait), s.Transport
}

// isPlanned reports whether what was planned still holds. After a while it is worth
// beginning on top.
func (m *member) isPlanned(now time.Time, p Policy) bool {
	return m.planned && !now.After(m.at.Add(p.MaxDelay))
}

// fault holds something against the endpoint.
func (m *member) fault(now time.Time, weight float64) {
	m.score = min(m.faults(now)+weight, worst)
	m.since = now
}

// faults returns what is held against the endpoint by now.
func (m *member) faults(now time.Time) float64 {
	if m.since.IsZero() {
		return 0
	}
	return m.score * math.Exp2(-max(0, now.Sub(m.since)).Seconds()/halfLife.Seconds())
}

// held returns the same as a wait. What is almost forgotten counts as nothing.
func (m *member) held(now time.Time) time.Duration {
	const forgotten = 0.5
	f := m.faults(now)
	if f < forgotten {
		return 0
	}
	return time.Duration(f * float64(forFault))
}

// pardon returns when less than a fault is held against the endpoint.
func (m *member) pardon() time.Time {
	if m.score < 1 {
		return m.since
	}
	return m.since.Add(time.Duration(math.Log2(m.score) * float64(halfLife)))
}
