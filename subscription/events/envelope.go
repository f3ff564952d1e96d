package events

import (
	"encoding/json"
	"fmt"
	"time"
)

// An Envelope is an event that has not been decoded yet.
// It may be kept for ever; Data must not be modified, since many handlers and the
// strings of decoded events share it. Its JSON form is read back as it was.
type Envelope struct {
	Type     Type            `json:"type"`          // what happened; maybe a type the SDK does not know
	Data     json.RawMessage `json:"data"`          // payload, valid JSON
	Time     time.Time       `json:"time,omitzero"` // the server's clock, whole seconds; zero if it sent none
	Received time.Time       `json:"received"`      // this host's clock, when the frame was read
	Origin   Origin          `json:"origin"`        // how the event came here
}

// Origin says how an event reached the client. Its text form, also in JSON, is
// that of String.
type Origin uint8

// The origins.
const (
	OriginLive       Origin = iota // the server's stream announced it
	OriginPolled                   // a state that was read by REST while polling was the transport
	OriginBackfilled               // a fact that was found by REST
	OriginState                    // a state that was read by REST because the stream may have missed it
)

// String returns "live", "polled", "backfilled" or "state".
func (o Origin) String() string {
	switch o {
	case OriginLive:
		return "live"
	case OriginPolled:
		return "polled"
	case OriginBackfilled:
		return "backfilled"
	case OriginState:
		return "state"
	default:
		return "invalid"
	}
}

// MarshalText returns the spelling of String. An Origin that is not one of the
// constants is an error.
func (o Origin) MarshalText() ([]byte, error) {
	if o > OriginState {
		return nil, fmt.Errorf("events: invalid origin %d: want %d to %d", uint8(o), OriginLive, OriginState)
	}
	return []byte(o.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (o *Origin) UnmarshalText(text []byte) error {
	for known := OriginLive; known <= OriginState; known++ {
		if string(text) == known.String() {
			*o = known
			return nil
		}
	}
	return fmt.Errorf("events: unknown origin %s: want live, polled, backfilled or state", quote(clip(string(text), longestName)))
}

// An Event is a decoded payload. Implementations use a value receiver, so that
// the zero value knows its own Type.
type Event interface{ Type() Type }
