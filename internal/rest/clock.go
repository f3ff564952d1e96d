package rest

import "time"

// A clock carries the server's time on from one Date header to the next. A Date
// has whole seconds, so it bounds the server's time from both sides, and each
// answer narrows the estimate. The zero clock is the host's. It is a value: what an
// answer tells makes another one.
type clock struct {
	server time.Time // the server's time …
	local  time.Time // … at this moment of the host, with its monotonic reading
}

// now returns the server's time at the given moment of the host.
func (c clock) now(local time.Time) time.Time {
	if c.server.IsZero() {
		return local
	}
	return c.server.Add(local.Sub(c.local))
}

// read returns what the clock is after an answer that carries date, asked at sent,
// come at received. An answer out of a cache is age old.
func (c clock) read(date time.Time, age time.Duration, sent, received time.Time) clock {
	if date.IsZero() {
		return c
	}
	// The server wrote the date at some moment between sent and received, and cut
	// off up to a second.
	lowest := date.Add(age)
	highest := lowest.Add(time.Second + received.Sub(sent))
	estimate := c.now(received)
	switch {
	case c.server.IsZero(), estimate.Before(lowest):
		estimate = lowest
	case estimate.After(highest):
		estimate = highest
	}
	return clock{server: estimate, local: received}
}
