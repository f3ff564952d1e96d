package pulse

import (
	"slices"
	"time"
)

const (
	tipsEvery  = 3 * time.Second
	kcoreEvery = 6 * time.Second

	extra   = time.Second     // an interval that is shorter than the rhythm of an unhurried node by this is not one
	slack   = 2 * time.Second // timestamps may be whole seconds, and a node takes its time
	slowest = time.Minute     // no rhythm is slower: a clock that jumps is none

	intervals = 10 // make a rhythm
	few       = 5  // say nothing yet
)

// missed returns the silence in which 2.5 beats and n more were missed.
func missed(n int, rhythm time.Duration) time.Duration {
	return rhythm*5/2 + time.Duration(n)*rhythm
}

// A lane is the beats of one lane.
type lane struct {
	base   time.Duration // rhythm of an unhurried node
	opened time.Time     // of the connection, by the server's clock; zero: not known
	rhythm time.Duration

	server   time.Time // of the last beat; zero: none, or it had no time
	received time.Time // the last beat; zero: there was none
	since    time.Time // from when on silence counts
	woken    int       // wakes since the last beat

	last [intervals]time.Duration // a ring, by the server's clock
	n    int                      // intervals ever
}

// beat notes a beat and reports whether there is a hole before it.
func (l *lane) beat(server, received time.Time) (hole bool) {
	switch {
	case server.IsZero():
	case l.server.IsZero():
		// The first beat comes within its rhythm, or what was sent before it was lost.
		hole = l.received.IsZero() && !l.opened.IsZero() && server.Sub(l.opened) > l.rhythm+slack
	default:
		interval := server.Sub(l.server)
		hole = interval > l.rhythm+slack
		l.measure(interval)
	}
	l.server, l.received, l.since, l.woken = server, received, received, 0
	return hole
}

// measure lets the rhythm follow an interval.
func (l *lane) measure(interval time.Duration) {
	if interval <= l.base-extra { // an extra beat, or the server's clock was put back
		return
	}
	l.last[l.n%intervals] = interval
	l.n++
	if l.n < few {
		return
	}
	sorted := l.last
	known := sorted[:min(l.n, intervals)]
	slices.Sort(known)
	l.rhythm = min(max(known[(len(known)-1)/2], l.base), slowest)
}

// wake reports whether a wake is due, once per missed beat.
func (l *lane) wake(silence time.Duration) bool {
	if silence < missed(l.woken, l.rhythm) {
		return false
	}
	l.woken = int((silence-missed(0, l.rhythm))/l.rhythm) + 1
	return true
}
