package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// What is nearly written as a node writes it is what it is all the same.
func TestNearlyANodesWay(t *testing.T) {
	const event = `{"type":"Event","event":{"type":"MessageAdded","data":{"message_id":"0123456789abcdef0123","depth":42,"x":["a","b"],"timestamp":1760554622}}}`
	changes := [][2]string{
		{`0123456789abcdef0123`, "\u20ac"},
		{`0123456789abcdef0123`, `\u0041`},
		{`0123456789abcdef0123`, "\xff"},
		{`0123456789abcdef0123`, "0123456789abcdef\n0123"},
		{`0123456789abcdef0123`, "0123456789abcdef\x7f"},
		{`42`, `042`}, {`42`, `4.2e+7`}, {`42`, `4.`}, {`42`, `-`}, {`42`, `nul`}, {`42`, `[[],{}]`}, {`42`, `[{"a":["b","c"]}]`},
		{`["a","b"]`, `["a","b",]`}, {`["a","b"]`, `["a" ,"b"]`}, {`["a","b"]`, `["a",1]`}, {`["a","b"]`, `["a"`}, {`["a","b"]`, `[]`},
		{`1760554622`, `01`}, {`1760554622`, `1760554622000`}, {`1760554622`, `17605546220`}, {`1760554622`, `"2024-01-15T10:30:00Z"`},
		{`1760554622`, `1760554622.5`}, {`1760554622`, `null`}, {`1760554622`, ``}, {`1760554622`, `1760554622,"timestamp":7`},
		{`"timestamp":`, ` "timestamp":`}, {`"timestamp":`, `"timestamp" :`}, {`"timestamp":`, `timestamp:`}, {`"timestamp":`, `"timestamp"`},
		{`"timestamp":1760554622}`, `}`}, {`"timestamp":1760554622}`, `"a":1},"timestamp":1760554622`},
		{`}}}`, `}}`}, {`}}}`, `}}} `}, {`}}}`, `}}}}`}, {`}}}`, `},"data":{"timestamp":1}}}`}, {`}}}`, `}},"event":{"type":"Foo"}}`}, {`}}}`, `,"a":1}}}`},
		{`MessageAdded`, `message.new`}, {`MessageAdded`, `New`}, {`MessageAdded`, `Gap`}, {`MessageAdded`, ``}, {`"data":`, `"Data":`},
		{`"type":"Event"`, `"type":"Pong"`}, {`{"type":"Event","event":`, `{"event":`},
	}
	for _, c := range changes {
		text := []byte(strings.Replace(event, c[0], c[1], 1))
		same(t, referenceParse(text), wire.Parse(text), text)
		inner := text[len(`{"type":"Event","event":`) : len(text)-1]
		same(t, referenceParseSSE("message.new", inner), wire.ParseSSE("message.new", inner), inner)
	}
}

// One byte of another kind is seen wherever it stands.
func TestOneByteIsNotPlain(t *testing.T) {
	for length := range 70 {
		for at := range length {
			for _, odd := range []string{"\n", "\x1f", "\x00", `\`, "\x80", "\xff", " ", "\x7f", "!", "[", "]"} {
				id := strings.Repeat("x", at) + odd + strings.Repeat("x", length-at)
				text := []byte(`{"type":"Event","event":{"type":"MessageAdded","data":{"message_id":"` + id + `"}}}`)
				m := wire.Parse(text)
				if odd == "\n" || odd == "\x1f" || odd == "\x00" || odd == `\` {
					assert.Equal(t, wire.Garbage, m.Kind, "%q", text)
				} else {
					assert.Equal(t, events.TypeMessageAdded, m.Type, "%q", text)
				}
				_, ok := wire.ParseText(text)
				assert.Equal(t, odd < "\x80", ok, "%q", text)
			}
		}
	}
}
