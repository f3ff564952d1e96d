package wire_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/adic/adic-go/internal/wire"
)

// A speaker makes messages that look like a server's, and ever so often do not.
type speaker struct{ *rand.Rand }

func (s speaker) pick(from ...string) string { return from[s.IntN(len(from))] }

func (s speaker) space() string {
	if s.IntN(12) > 0 {
		return ""
	}
	return s.pick(" ", "\n", "\t\r ", "  ")
}

// spell spells text as a JSON string, sometimes with an escape.
func (s speaker) spell(text string) string {
	if s.IntN(10) > 0 || text == "" {
		return `"` + text + `"`
	}
	at := s.IntN(len(text))
	return fmt.Sprintf(`"%s\u%04x%s"`, text[:at], text[at], text[at+1:])
}

func (s speaker) scalar() string {
	return s.pick(`0`, `-0.0`, `1760554622`, `1760554622123`, `1e21`, `1e-7`, `18446744073709551615`, `true`, `null`, `""`,
		`"2024-01-15T10:30:00Z"`, `"2024-01-15T10:30:00+00:00"`, `"a\"b"`, `"\ud83d\ude00"`, `"ä😀"`, "\"\xff\"", `"TipsUpdated"`, `"tips.update"`, `"Event"`,
		`01`, `"`, `"\x"`, `nul`, `]`)
}

func (s speaker) kind() string {
	return s.pick(`Event`, `Event`, `Event`, `TipsUpdated`, `tips.update`, `MessageAdded`, `message.new`, `BrandNew`, `brand.new`, `Gap`, `Pong`, `Subscribed`, `Unsubscribed`, `Error`, ``)
}

func (s speaker) list(level int) string {
	var items []string
	for range s.IntN(4) {
		items = append(items, s.space()+s.value("x", level+1)+s.space())
	}
	return "[" + strings.Join(items, ",") + "]"
}

func (s speaker) object(level int, keys ...string) string {
	var items []string
	for range s.IntN(6) {
		key := s.pick(keys...)
		items = append(items, s.space()+s.spell(key)+s.space()+":"+s.space()+s.value(key, level+1)+s.space())
	}
	return "{" + s.space() + strings.Join(items, ",") + "}"
}

func (s speaker) value(key string, level int) string {
	if s.IntN(15) == 0 || level > 5 {
		return s.scalar()
	}
	switch key {
	case "type":
		return s.spell(s.kind())
	case "event":
		return s.object(level, "type", "type", "data", "data", "timestamp", "tips", "Type", "x", "event")
	case "data":
		if s.IntN(6) == 0 {
			return s.list(level)
		}
		return s.object(level, "timestamp", "timestamp", "message_id", "data", "tips", "type")
	case "events", "tips":
		return s.list(level)
	case "timestamp", "message", "message_id":
		return s.scalar()
	}
	switch s.IntN(4) {
	case 0:
		return s.list(level)
	case 1:
		return s.object(level, "type", "x", "timestamp")
	default:
		return s.scalar()
	}
}

// message makes one message.
func (s speaker) message() []byte {
	if s.IntN(20) == 0 {
		return []byte(s.space() + s.value("x", 5) + s.space())
	}
	text := s.space() + s.object(0, "type", "type", "type", "event", "event", "data", "timestamp", "events", "message", "x", "TYPE") + s.space()
	b := []byte(text)
	switch s.IntN(20) {
	case 0: // a byte is lost
		at := s.IntN(len(b))
		b = append(b[:at], b[at+1:]...)
	case 1: // a byte is another
		b[s.IntN(len(b))] = byte(s.IntN(256))
	case 2: // the end is lost
		b = b[:s.IntN(len(b)+1)]
	}
	return b
}

func TestParseIsTheReference(t *testing.T) {
	s := speaker{rand.New(rand.NewPCG(1, 2))}
	kinds := map[string]int{}
	count := func(m wire.Message) {
		if m.Kind == wire.Event {
			kinds["event "+m.Dialect.String()]++
		} else {
			kinds[m.Kind.String()]++
		}
	}
	for range 2_000 {
		text := s.message()
		m := wire.Parse(text)
		count(m)
		same(t, referenceParse(text), m, text)
		name := s.pick("", "message", s.kind(), s.kind(), "ping", "heartbeat", "Pong", "error")
		m = wire.ParseSSE(name, text)
		count(m)
		same(t, referenceParseSSE(name, text), m, text)
	}
	for _, kind := range []string{"event guide", "event node", "garbage", "subscribed", "unsubscribed", "pong", "refusal", "alive"} {
		if kinds[kind] < 20 {
			t.Errorf("only %d of %s: the messages prove little", kinds[kind], kind)
		}
	}
}
