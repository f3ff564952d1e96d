package refserver

import (
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

// ripening is finality as it was recorded on a node 0.1.10: a message becomes
// final a fixed time after its second child has come. It is guarded by the mutex
// of the script.
type ripening struct {
	green map[string]bool // messages that wait for their second child
	ripe  []ripe          // in order of time
	news  chan struct{}   // holds a token when there may be more in ripe
}

// A ripe message becomes final at a time of the server's clock.
type ripe struct {
	id string
	at time.Time
}

// ripeChildren is how many children make a message ripe.
const ripeChildren = 2

func newRipening() ripening {
	return ripening{green: make(map[string]bool), news: make(chan struct{}, 1)}
}

// growLocked notes a message and the parents that it makes ripe.
func (c *script) growLocked(m ledger.Message, never bool) {
	after := c.server.cfg.FinalAfter
	if after <= 0 {
		return
	}
	if !never {
		c.green[m.ID] = true
	}
	at := c.server.now().Add(after)
	for _, id := range append([]string{m.ID}, m.Parents...) { // a late parent has children at once
		if c.green[id] && c.server.ledger.Children(id) >= ripeChildren {
			delete(c.green, id)
			c.ripe = append(c.ripe, ripe{id, at})
		}
	}
	select {
	case c.news <- struct{}{}:
	default: // a token is there already
	}
}

// forgetLocked is what a restart does: messages that are not final by then are
// never looked at again.
func (c *script) forgetLocked() {
	clear(c.green)
	c.ripe = nil
}

// finalizeRipe makes final what is ripe, and returns the wait until the next.
// Without one that is an hour.
func (s *Server) finalizeRipe(now time.Time) time.Duration {
	c := s.script
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []string
	for len(c.ripe) > 0 && !c.ripe[0].at.After(now) {
		if id := c.ripe[0].id; s.ledger.Finalize(id) { // false: pruned, or final by hand
			ids = append(ids, id)
		}
		c.ripe = c.ripe[1:]
	}
	if len(ids) > 0 {
		c.finalizedLocked(ids, false)
	}
	if len(c.ripe) == 0 {
		return time.Hour
	}
	return c.ripe[0].at.Sub(now)
}

// FinalizeUnheld counts n finalizations of messages that never reached this
// server. KCoreUpdated and the metrics count them, and REST cannot name them: on
// a server without messages this is a peer whose tips stay empty while its count
// rises. The guide dialect tells the new count at once, a node at its next tick.
func (s *Server) FinalizeUnheld(n int) {
	s.change(func() { s.ledger.FinalizeUnheld(n) })
}
