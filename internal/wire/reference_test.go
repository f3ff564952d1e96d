package wire_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// This file says once more what Parse and ParseSSE do, on top of encoding/json
// and without a thought for speed. The fuzz tests hold the two to each other.

// members are the members of a JSON object. That the last of two equal ones
// counts is left to encoding/json.
type members map[string]json.RawMessage

// objectOf returns the members of raw, false if raw is no object.
func objectOf(raw []byte) (members, bool) {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 || raw[0] != '{' {
		return nil, false
	}
	var m members
	if json.Unmarshal(raw, &m) != nil {
		return nil, false
	}
	return m, true
}

// str returns the string at key, false if there is none or it is empty.
func (m members) str(key string) (string, bool) {
	var s string
	raw := bytes.TrimSpace(m[key])
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, s != ""
}

// at returns the time at key.
func (m members) at(key string) time.Time {
	var t events.Timestamp
	if raw := bytes.TrimSpace(m[key]); raw == nil || t.UnmarshalJSON(raw) != nil {
		return time.Time{}
	}
	return t.Time
}

// depth returns how deep valid JSON is nested.
func depth(text []byte) int {
	level, deepest := 0, 0
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

func bad(r wire.GarbageReason) wire.Message {
	return wire.Message{Err: &wire.GarbageError{Reason: r}}
}

func referenceKnown(name string) (events.Type, bool) {
	t, err := events.ParseType(name)
	return t, err == nil
}

// referenceControl reads a control message.
func referenceControl(kind string, m members) (wire.Message, bool) {
	var names []string
	if json.Unmarshal(m["events"], &names) != nil {
		names = nil
	}
	switch kind {
	case "Subscribed":
		return wire.Message{Kind: wire.Subscribed, Names: names}, true
	case "Unsubscribed":
		return wire.Message{Kind: wire.Unsubscribed, Names: names}, true
	case "Pong":
		return wire.Message{Kind: wire.Pong}, true
	case "Error":
		text, _ := m.str("message")
		for len(text) > 512 {
			runes := []rune(text)
			text = string(runes[:len(runes)-1])
		}
		return wire.Message{Kind: wire.Refusal, Text: text}, true
	}
	return wire.Message{}, false
}

// referenceEvent reads an event.
func referenceEvent(raw []byte, m members, name string) wire.Message {
	word, hasWord := m.str("type")
	data, isObject := objectOf(m["data"])
	nested := false
	if _, hasData := m["data"]; hasWord && hasData {
		_, ownTime := m["timestamp"]
		_, dataTime := data["timestamp"]
		nested = !ownTime || dataTime
	}

	kind, wordKnown := referenceKnown(word)
	named, nameKnown := referenceKnown(name)
	switch {
	case wordKnown:
	case !hasWord && name == "":
		return bad(wire.BadEvent)
	case nameKnown && (!hasWord || !nested):
		kind = named
	case hasWord:
		kind = events.Type(word)
	default:
		kind = events.Type(name)
	}
	_, kindKnown := referenceKnown(string(kind))
	if kind == events.TypeGap || nested && !isObject && kindKnown {
		return bad(wire.BadEvent)
	}
	got := wire.Message{Kind: wire.Event, Type: kind, Data: bytes.Trim(raw, " \t\r\n"), Time: m.at("timestamp")}
	if nested {
		got.Data, got.Time = bytes.Trim(m["data"], " \t\r\n"), data.at("timestamp")
	}
	if _, hasTime := m["timestamp"]; kindKnown || hasTime {
		got.Dialect = wire.Guide
	}
	if nested || strings.Contains(name, ".") {
		got.Dialect = wire.Node
	}
	return got
}

// reference reads a message whose control kinds pass if control says so, and
// whose events are named name.
func reference(text []byte, name string, control func(kind string) bool) wire.Message {
	m, isObject := objectOf(text)
	_, nameKnown := referenceKnown(name)
	kind, hasKind := m.str("type")
	switch {
	case !json.Valid(text):
		return bad(wire.NotJSON)
	case depth(text) > 512:
		return bad(wire.TooDeep)
	case !isObject && name == "":
		return bad(wire.NotObject)
	case !isObject && (nameKnown || name == "Gap"):
		return bad(wire.BadEvent)
	case !isObject:
		return referenceEvent(text, nil, name)
	case !hasKind && name == "":
		return bad(wire.NoType)
	case kind == "Event":
		inner, ok := objectOf(m["event"])
		if !ok {
			return bad(wire.BadEvent)
		}
		return referenceEvent(m["event"], inner, name)
	}
	if hasKind && control(kind) {
		if got, ok := referenceControl(kind, m); ok {
			return got
		}
	}
	return referenceEvent(text, m, name)
}

// referenceParse is Parse.
func referenceParse(frame []byte) wire.Message {
	got := reference(frame, "", func(string) bool { return true })
	m, isObject := objectOf(frame)
	kind, hasKind := m.str("type")
	_, known := referenceKnown(kind)
	if isObject && hasKind && kind != "Event" && !known && got.Kind <= wire.Event && depth(frame) <= 512 {
		return bad(wire.UnknownMessage) // an event without a wrapper must at least be known
	}
	return got
}

// referenceParseSSE is ParseSSE.
func referenceParseSSE(name string, data []byte) wire.Message {
	if slices.Contains([]string{"heartbeat", "ping"}, strings.ToLower(name)) {
		m, _ := objectOf(data)
		kind, _ := m.str("type")
		if _, known := referenceKnown(kind); !known || depth(data) > 512 {
			return wire.Message{Kind: wire.Alive}
		}
	}
	if name == "message" {
		name = ""
	}
	return reference(data, name, func(kind string) bool {
		return name == "" || strings.EqualFold(kind, name)
	})
}
