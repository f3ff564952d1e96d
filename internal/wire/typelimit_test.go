package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/wire"
)

// A type's name is kept with each event: an endless one is none.
func TestTheNameOfATypeIsBounded(t *testing.T) {
	name := func(n int) string { return strings.Repeat("x", n) }
	for form, parse := range map[string]func(name string) wire.Message{
		"websocket, node": func(name string) wire.Message {
			return wire.Parse([]byte(`{"type":"Event","event":{"type":"` + name + `","data":{}}}`))
		},
		"websocket, guide": func(name string) wire.Message {
			return wire.Parse([]byte(`{"type":"Event","event":{"type":"` + name + `","n":1}}`))
		},
		"sse, object":    func(name string) wire.Message { return wire.ParseSSE("", []byte(`{"type":"`+name+`","data":{}}`)) },
		"sse, line":      func(name string) wire.Message { return wire.ParseSSE(name, []byte(`{"n":1}`)) },
		"sse, no object": func(name string) wire.Message { return wire.ParseSSE(name, []byte(`7`)) },
	} {
		m := parse(name(256))
		assert.Equal(t, wire.Event, m.Kind, form)
		assert.Len(t, string(m.Type), 256, form)
		assert.Equal(t, wire.BadEvent, reason(t, parse(name(257))).Reason, form)
	}
}

// A list of names is for whoever debugs: an endless one is not read.
func TestAListOfNamesIsBounded(t *testing.T) {
	frame := func(n int) []byte {
		return []byte(`{"type":"Subscribed","events":[` + strings.Repeat(`"",`, n) + `"x"]}`)
	}
	assert.Len(t, wire.Parse(frame(99)).Names, 100)
	long := wire.Parse(frame(1 << 20))
	assert.Equal(t, wire.Subscribed, long.Kind)
	assert.Empty(t, long.Names)
}
