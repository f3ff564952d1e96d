package refserver

import (
	"fmt"

	"github.com/adic/adic-go/subscription/events"
)

// Emit publishes one event of any type, also of one that nobody knows. A payload
// of type json.RawMessage, []byte or string goes out as it is and should be a
// JSON object in the dialect of the server; any other value, such as a struct of
// package events, is encoded, and its timestamp put into the form of the dialect,
// now if it has none. The error says that the value cannot be encoded.
func (s *Server) Emit(t events.Type, payload any) error {
	raw, err := s.cfg.Dialect.payload(payload, s.now())
	if err != nil {
		return err
	}
	s.script.mu.Lock()
	defer s.script.mu.Unlock()
	s.publish(s.cfg.Dialect.frame(t, raw))
	return nil
}

// Burst publishes n events in one go: no connection gets the first before the
// last is published. So a burst of more than a ring holds loses its beginning
// for the fastest reader, too. The payloads are as for Emit.
func (s *Server) Burst(t events.Type, n int, payload func(i int) any) error {
	frames := make([]*frame, n)
	for i := range frames {
		raw, err := s.cfg.Dialect.payload(payload(i), s.now())
		if err != nil {
			return fmt.Errorf("event %d of %d: %w", i, n, err)
		}
		frames[i] = s.cfg.Dialect.frame(t, raw)
	}
	s.script.mu.Lock()
	defer s.script.mu.Unlock()
	s.publish(frames...)
	return nil
}
