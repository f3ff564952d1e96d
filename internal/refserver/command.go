package refserver

import (
	"bytes"
	"encoding/json"
)

// A command is what a client asks for on a WebSocket.
type command struct {
	kind   string   // "Subscribe", "Unsubscribe", "Ping"; anything else: bad
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
	case "Ping":
		return c, true
	case "Subscribe", "Unsubscribe":
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
	case "Subscribe":
		f.nodeSubscribe(c.events)
		return [][]byte{subscribed(c.events)}
	case "Unsubscribe":
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
	case "Ping":
		return [][]byte{[]byte(pong)}
	case "Subscribe":
		known, unknown := c.split(cmd.events)
		f.guideSubscribe(known)
		return withErrors(unknown, subscribed(known))
	case "Unsubscribe":
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
