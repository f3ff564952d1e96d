package metrics

import (
	"sync/atomic"

	"github.com/adic/adic-go/fallback"
)

// link counts what happens to the connections of one transport. A poll stream is a
// connection like the others.
type link struct {
	dials, connects       atomic.Uint64
	bytes                 atomic.Uint64
	failures, disconnects tally
}

// link returns the counters of t.
func (c *Counters) link(t fallback.Transport) *link { return &c.links[transport(t)] }

// transport returns t; what is no transport counts as None.
func transport(t fallback.Transport) fallback.Transport {
	if t > fallback.Polling {
		return fallback.None
	}
	return t
}

// Dial counts an attempt to connect. It must be called before the attempt, and
// each is followed by DialFailed or Connected.
func (c *Counters) Dial(t fallback.Transport) { c.link(t).dials.Add(1) }

// DialFailed counts an attempt that did not lead to a usable connection, by a short
// word for the reason.
func (c *Counters) DialFailed(t fallback.Transport, reason string) { c.link(t).failures.count(reason) }

// Connected counts a connection that became usable.
func (c *Counters) Connected(t fallback.Transport) { c.link(t).connects.Add(1) }

// Disconnected counts a usable connection that ended, by a short word for the
// reason.
func (c *Counters) Disconnected(t fallback.Transport, reason string) {
	c.link(t).disconnects.count(reason)
}

// Bytes counts n bytes that came over t, event frames or not.
func (c *Counters) Bytes(t fallback.Transport, n int) { c.link(t).bytes.Add(uint64(max(n, 0))) }

// Status notes the name of the connection's state, such as "connected", and the
// transport that is tried or delivers.
func (c *Counters) Status(name string, t fallback.Transport) {
	c.status.Store(&status{name: clean(name), transport: transport(t)})
}

// Reconnected counts a connection that came after one that was lost.
func (c *Counters) Reconnected() { c.reconnections.Add(1) }

// Promoted counts a better transport that took the place of a running one.
func (c *Counters) Promoted(from, to fallback.Transport) {
	if from > fallback.Polling || to > fallback.Polling {
		from, to = fallback.None, fallback.None
	}
	c.jumps[from][to].Add(1)
}

// Moved counts a connection to the named endpoint that took the place of one to another.
func (c *Counters) Moved(to string) { c.moves.count(to) }

// Polled counts a completed poll.
func (c *Counters) Polled() { c.polls.Add(1) }
