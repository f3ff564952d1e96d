package wire

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/adic/adic-go/subscription/events"
)

// Dialect is one of the two ways in which servers speak.
type Dialect uint8

// The dialects.
const (
	UnknownDialect Dialect = iota // nothing has been proved
	Guide                         // as the integration guide shows it: flat payloads, variant names
	Node                          // as a node does it: {"type","data"}, dotted names, beats
)

// String returns "unknown", "guide" or "node".
func (d Dialect) String() string { return nameOf(d, "unknown", "guide", "node") }

// Kind says what a message is.
type Kind uint8

// The kinds.
const (
	Garbage      Kind = iota // nothing that could be used: see Message.Err
	Event                    // something happened on the server's side
	Subscribed               // the answer to Subscribe; the guide's servers also greet with it
	Unsubscribed             // the answer to Unsubscribe
	Pong                     // the answer to Ping
	Refusal                  // an Error message: something asked for was refused, the stream stays
	Alive                    // a sign of life and nothing else: an SSE comment or heartbeat, a finished poll
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return nameOf(k, "garbage", "event", "subscribed", "unsubscribed", "pong", "refusal", "alive")
}

// nameOf returns the name of the i-th of some constants.
func nameOf[T ~uint8](i T, names ...string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return "invalid"
}

// A Message is one frame or one SSE event of a server, understood.
type Message struct {
	Kind Kind

	// Dialect is what this message alone proves about the server. An event of a
	// known type proves one. A control message proves none: both dialects have
	// them all.
	// Whoever sees the whole connection knows more: a Subscribed that answers no
	// command is the guide's greeting, and a Pong that no Subscribed preceded
	// comes from a node, which does not greet.
	Dialect Dialect

	Type events.Type // of an Event: the variant name, whatever the server's spelling; maybe one the SDK does not know
	Data []byte      // of an Event: its payload, a valid JSON object, or any JSON if the SDK does not know Type; aliases the input
	Time time.Time   // of an Event: the payload's timestamp, in UTC; zero if it has none that can be read

	Names []string // of Subscribed and Unsubscribed: the names as the server spells them; nothing in the SDK depends on them
	Text  string   // of a Refusal: what the server says, 512 bytes at most
	Err   error    // of Garbage: a *GarbageError
}

const (
	maxText  = 512      // bytes of a refusal's text that are kept
	maxNames = 64 << 10 // bytes of a list of names that is read
)

// Parse understands one text frame of a WebSocket, in either dialect. The whole
// frame is checked to be valid JSON. Keys may come in any order, unknown ones
// are passed over, and of two equal ones the last counts, as in encoding/json.
// Names are compared by case.
//
// An event with a "data" is in the node's form, and that is its payload. One
// without is in the guide's, and the whole object is the payload. Should there
// be a "timestamp" beside "data" and none in it, then data is but a field of a
// payload of the guide's. The payload of a known type is an object; that of any
// other type is handed on as it is, be it a list, a word or null.
//
// An event of a known type that has lost its wrapper on the way is still an
// event. An event that calls itself Gap is garbage: gaps are the SDK's own.
//
// It does not allocate if it finds an event of a known type that is spelled
// without escapes.
func Parse(frame []byte) Message {
	if m, ok := direct(frame, true); ok {
		return m
	}
	return parse(frame)
}

// ParseText is Parse for a frame that has to be UTF-8. It reports false if it is
// not; Parse does not mind.
func ParseText(frame []byte) (Message, bool) {
	if m, ok := direct(frame, true); ok {
		return m, true
	}
	if !utf8.Valid(frame) {
		return Message{}, false
	}
	return parse(frame), true
}

// parse is Parse for any order and spelling.
func parse(frame []byte) Message {
	var e envelope
	if reason, at := e.scan(frame); reason != 0 {
		return garbage(reason, at, frame)
	}
	kind, ok := e.outer.word()
	if !ok {
		return garbage(NoType, 0, frame)
	}
	if string(kind) == "Event" {
		return e.inner.event(frame, "")
	}
	if m, ok := e.control(kind); ok {
		return m
	}
	if _, known := known[string(kind)]; known {
		return e.outer.event(frame, "")
	}
	return garbage(UnknownMessage, 0, frame)
}

// ParseBinary returns what a binary frame is: garbage. Neither dialect has any.
func ParseBinary(frame []byte) Message { return garbage(Binary, 0, frame) }

// ParseSSE understands one SSE event, in either dialect: name is its event
// field, "" or "message" if it had none. Beside the forms of the two dialects it
// takes a flat object that names its type itself, and the wrapper of the
// WebSocket. Where name and object name different types, the object is right.
// Data that is no object is the payload of the type that name names, if the SDK
// does not know that.
// An event named heartbeat or ping that is no event of a known type is Alive:
// the guide promises heartbeats and does not say what they look like.
//
// In all else it is like Parse.
func ParseSSE(name string, data []byte) Message {
	if name == "message" {
		name = ""
	}
	if m, ok := direct(data, false); ok {
		return m
	}
	var e envelope
	reason, at := e.scan(data)
	kind, ok := e.outer.word()
	if strings.EqualFold(name, "heartbeat") || strings.EqualFold(name, "ping") {
		if _, known := known[string(kind)]; reason != 0 || !known {
			return Message{Kind: Alive}
		}
	}
	switch {
	case reason == NotObject && name != "":
		return bare(data, name)
	case reason != 0:
		return garbage(reason, at, data)
	case !ok && name == "":
		return garbage(NoType, 0, data)
	case ok && string(kind) == "Event":
		return e.inner.event(data, name)
	case ok && (name == "" || strings.EqualFold(name, string(kind))):
		if m, ok := e.control(kind); ok {
			return m
		}
	}
	return e.outer.event(data, name)
}

// control returns the control message that kind names.
func (e *envelope) control(kind []byte) (Message, bool) {
	switch string(kind) {
	case "Subscribed":
		return Message{Kind: Subscribed, Names: list(e.events)}, true
	case "Unsubscribed":
		return Message{Kind: Unsubscribed, Names: list(e.events)}, true
	case "Pong":
		return Message{Kind: Pong}, true
	case "Error":
		var text string
		if len(e.message) > 0 && e.message[0] == '"' {
			text = clip(unquote(e.message), maxText)
		}
		return Message{Kind: Refusal, Text: text}, true
	default:
		return Message{}, false
	}
}

// list returns the strings of raw, nil if it is no array of strings or too long:
// nobody has that many types.
func list(raw []byte) []string {
	var names []string
	if len(raw) > maxNames || json.Unmarshal(raw, &names) != nil {
		return nil
	}
	return names
}

// clip returns the first limit bytes of s at most, less the part of a rune.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}
