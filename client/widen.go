package client

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
)

// widen asks the running stream for what the consumers want by now. A stream
// that cannot be widened is replaced by a new one of its transport.
func (m *ConnectionManager) widen() {
	c := m.current.Load()
	if c == nil || !c.wants() {
		return
	}
	c.spawn(func(ctx context.Context) {
		defer m.survive()
		waits := fallback.New(fallback.Policy{Order: []fallback.Transport{c.stream.Transport()}}, rand.Float64)
		for c.looks() {
			if asks := m.asks(); c.stream.Widen(asks) {
				c.asked.Store(&asks)
				continue
			}
			t, err := m.wider(ctx, c)
			if err == nil {
				m.offer(c, t)
				return // what was wanted meanwhile is the successor's
			}
			// What delivers stays; the server is asked again when it wants to be.
			c.wants()
			if !sleep(ctx, waits.Next(time.Now(), transport.Classify(c.stream.Transport(), err)).Wait) {
				return
			}
		}
	})
}

// wider opens the transport of c again. Where there are beats, it waits until
// the change is exact.
func (m *ConnectionManager) wider(ctx context.Context, c *connection) (*trial, error) {
	if c.pulse.Load() != nil {
		return m.try(ctx, c.stream.Transport(), c)
	}
	t := &trial{both: &overlapping{common: shared(c.asks(), m.asks())}}
	return t, m.opens(ctx, c.stream.Transport(), t)
}
