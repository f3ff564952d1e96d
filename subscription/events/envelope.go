package events

import (
	"encoding/json"
	"time"
)

// An Envelope is an event that has not been decoded yet.
// It may be kept for ever; Data must not be modified.
type Envelope struct {
	Type     Type            // what happened; maybe a type the SDK does not know
	Data     json.RawMessage // payload, valid JSON
	Time     time.Time       // the server's clock, whole seconds; zero if it sent none
	Received time.Time       // this host's clock, when the frame was read
	Origin   Origin          // how the event came here
}

// Origin says how an event reached the client.
type Origin uint8

// The origins.
const (
	OriginLive   Origin = iota // the server's stream announced it
	OriginPolled               // rebuilt from REST answers while polling was the transport
)

// String returns "live" or "polled".
func (o Origin) String() string {
	switch o {
	case OriginLive:
		return "live"
	case OriginPolled:
		return "polled"
	default:
		return "invalid"
	}
}

// An Event is a decoded payload. Implementations use a value receiver, so that
// the zero value knows its own Type.
type Event interface{ Type() Type }
