package fallback

// Transport is one way to follow a node.
type Transport uint8

// The transports, in the order in which they are tried by default.
const (
	None      Transport = iota // nothing; the zero Transport
	WebSocket                  // GET /v1/ws/events
	SSE                        // GET /v1/sse/events
	Polling                    // REST reads on a schedule
)

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
