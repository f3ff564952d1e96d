package transport

import (
	"context"
	"slices"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
	"github.com/coder/websocket"
)

// Widen implements Stream. From some types to all there is no way on a running
// WebSocket: a node that is told to subscribe to "all" says nothing any more.
func (s *webSocket) Widen(types []events.Type) bool {
	more, ok := s.widen(types)
	if !ok || len(more) == 0 {
		return ok
	}
	return s.command(wire.Subscribe(more, s.ask.spelling))
}

// widen takes types into the set, and returns those that the server has to be
// told of.
func (s *webSocket) widen(types []events.Type) (more []events.Type, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.end.cause() != nil:
		return nil, false
	case s.types == nil: // all, already; to name one would narrow a node's set to it
		return nil, true
	case types == nil:
		return nil, false
	}
	lacking := wire.Missing(types, s.ask.spelling)
	for _, t := range types {
		if !slices.Contains(s.types, t) && !slices.Contains(lacking, t) {
			more = append(more, t)
		}
	}
	s.dialer.lacks(lacking)
	s.types = append(slices.Clip(s.types), more...)
	if len(more) > 0 {
		s.widened.Store(true)
	}
	return more, true
}

// Probe implements Stream.
func (s *webSocket) Probe() { s.command(wire.Ping()) }

// command writes one, and reports whether it could. A connection that does not
// take a few bytes within writeTime is broken, and the library closes it.
func (s *webSocket) command(text []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, text) == nil
}
