package refserver

import (
	"slices"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A Loss is what one connection lost because it was read too slowly, or because
// more was published in one go than a ring holds. Nobody tells the client. Times
// are the server's clock: all that is lost was published between them.
type Loss struct {
	Part   Part
	Lane   events.Priority
	Events int       // lost, those that the connection's filter does not want among them
	After  time.Time // when the event before the loss was published, or the connection began
	Before time.Time // when the first event behind the loss was published
}

// Losses returns what connections lost so far, in the order in which they found
// out: when they were next ready for an event of the lane.
func (s *Server) Losses() []Loss {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return slices.Clone(s.book.losses)
}

func (b *book) lost(l Loss) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.losses = append(b.losses, l)
}
