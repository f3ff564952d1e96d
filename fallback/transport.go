package fallback

import "fmt"

// Transport is one way to follow a node.
type Transport uint8

// The transports, in the order in which they are tried by default.
const (
	None      Transport = iota // nothing; the zero Transport
	WebSocket                  // GET /v1/ws/events
	SSE                        // GET /v1/sse/events
	Polling                    // REST reads on a schedule
)

// transports holds every transport, in the default order.
var transports = [...]Transport{WebSocket, SSE, Polling}

// allowed lists the transports for error texts.
const allowed = "websocket, sse, polling"

// String returns "none", "websocket", "sse" or "polling".
func (t Transport) String() string {
	switch t {
	case None:
		return "none"
	case WebSocket:
		return "websocket"
	case SSE:
		return "sse"
	case Polling:
		return "polling"
	default:
		return "invalid"
	}
}

// MarshalText returns String, so that a Transport reads well in JSON, also as a
// key, and in logs. It fails for values that are no Transport.
func (t Transport) MarshalText() ([]byte, error) {
	if t > Polling {
		return nil, fmt.Errorf("fallback: transport %d: want one of none, %s", uint8(t), allowed)
	}
	return []byte(t.String()), nil
}

// UnmarshalText is the inverse of MarshalText. It reads lower case only.
func (t *Transport) UnmarshalText(text []byte) error {
	for _, known := range [...]Transport{None, WebSocket, SSE, Polling} {
		if string(text) == known.String() {
			*t = known
			return nil
		}
	}
	return fmt.Errorf("fallback: transport %.32q: want one of none, %s", text, allowed)
}
