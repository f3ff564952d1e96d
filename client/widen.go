package client

import "github.com/adic/adic-go/internal/lifecycle"

// widen asks the running stream for what the consumers want by now. A stream
// that cannot be widened is replaced by a new one of its transport.
func (m *ConnectionManager) widen() {
	if c := m.current.Load(); c != nil && c.wants() {
		m.life.spawn(func() { m.asksFor(c) })
	}
}

// asksFor asks c until that has been asked for all that is wanted, or cannot be. What
// is wanted then is asked for by its successor, or when the state says so.
func (m *ConnectionManager) asksFor(c *connection) {
	for c.looks() {
		asks := m.asks()
		switch {
		case c.stream.Widen(asks):
			c.asked.Store(&asks)
		case !covers(c.asks(), asks): // else it has ended, which its reader will see
			m.step(lifecycle.Narrow{Of: c.gen})
			return
		}
	}
}
