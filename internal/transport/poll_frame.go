package transport

import (
	"encoding/json"
	"time"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// now returns the server's time.
func (s *pollStream) now() time.Time { return s.rest.Now() }

// stamp is the timestamp of what is handed on: the server's time when it was
// found, in whole seconds as a node's events have it. When it happened REST does
// not tell.
func (s *pollStream) stamp() events.Timestamp {
	return events.Timestamp{Time: s.now().UTC().Truncate(time.Second)}
}

// event makes the frame that a stream would have sent.
func (s *pollStream) event(e events.Event) Frame {
	f := Frame{Message: wire.Message{Kind: wire.Event, Type: e.Type(), Time: s.stamp().Time}}
	data, err := json.Marshal(e)
	if err != nil { // a float that JSON cannot hold, or a year
		f.Kind, f.Err = wire.Garbage, &wire.GarbageError{Reason: wire.BadEvent}
	}
	f.Data, f.Size = data, len(data)
	return f
}

// push queues a frame.
func (s *pollStream) push(f Frame) {
	f.Received, f.Origin = time.Now(), events.OriginPolled
	s.queue = append(s.queue, f)
}
