package refserver

import (
	"bytes"
	"encoding/json"
)

// The commands.
const (
	subscribe   = "Subscribe"
	unsubscribe = "Unsubscribe"
	ping        = "Ping"
)

// A command is what a client asks for on a WebSocket.
type command struct {
	kind   string   // one of the three; anything else: bad
	events []string // as sent
}

// parseCommand reads a text frame as strictly as a node does: exact keys and
// tags, any other key is ignored.
func parseCommand(text []byte) (command, bool) {
	var fields map[string]json.RawMessage
	var c command
	if json.Unmarshal(text, &fields) != nil || json.Unmarshal(fields["type"], &c.kind) != nil {
		return command{}, false
	}
	switch c.kind {
	case ping:
		return c, true
	case subscribe, unsubscribe:
		var list []*string
		raw := bytes.TrimSpace(fields["events"])
		if !bytes.HasPrefix(raw, []byte("[")) || json.Unmarshal(raw, &list) != nil {
			return command{}, false
		}
		c.events = []string{}
		for _, name := range list {
			if name == nil {
				return command{}, false
			}
			c.events = append(c.events, *name)
		}
		return c, true
	default:
		return command{}, false
	}
}

// The answers.
type (
	listAnswer struct {
		Type   string   `json:"type"` // "Subscribed", "Unsubscribed"
		Events []string `json:"events"`
	}
	errorAnswer struct {
		Type    string `json:"type"` // "Error"
		Message string `json:"message"`
	}
)

const pong = `{"type":"Pong"}`

func subscribed(list []string) []byte   { return encode(listAnswer{"Subscribed", list}) }
func unsubscribed(list []string) []byte { return encode(listAnswer{"Unsubscribed", list}) }
func invalid(message string) []byte     { return encode(errorAnswer{"Error", message}) }

// nodeAnswer changes the filter as a node does, and returns what it answers: the
// list as it was sent, whatever became of it.
func (f *filter) nodeAnswer(c command) [][]byte {
	switch c.kind {
	case subscribe:
		f.nodeSubscribe(c.events)
		return [][]byte{subscribed(c.events)}
	case unsubscribe:
		f.nodeUnsubscribe(c.events)
		return [][]byte{unsubscribed(c.events)}
	default:
		return [][]byte{[]byte(pong)}
	}
}

// guideAnswer changes the filter and returns what a server of the guide dialect
// answers: an Error for what it does not understand or know, then the rest.
func (c catalogue) guideAnswer(f *filter, cmd command) [][]byte {
	switch cmd.kind {
	case ping:
		return [][]byte{[]byte(pong)}
	case subscribe:
		known, unknown := c.split(cmd.events)
		f.guideSubscribe(known)
		return withErrors(unknown, subscribed(known))
	case unsubscribe:
		known, unknown := c.split(cmd.events)
		c.guideUnsubscribe(f, known)
		return withErrors(unknown, unsubscribed(known))
	default:
		return [][]byte{invalid("Invalid message")}
	}
}

// withErrors puts an Error before an answer if there are unknown names.
func withErrors(unknown []string, answer []byte) [][]byte {
	if len(unknown) == 0 {
		return [][]byte{answer}
	}
	return [][]byte{invalid("Invalid event type"), answer}
}
