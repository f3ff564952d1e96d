package refserver_test

import (
	"strings"
	"testing"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unmasked is a frame as a server sends it: a client must not.
func unmasked(text string) string { return "\x81" + string(rune(len(text))) + text }

// harmless is what a node ignores: no answer, and all is well afterwards.
var harmless = map[string]string{
	"not JSON":                 string(maskedFrame(0x81, "{")),
	"no object":                string(maskedFrame(0x81, `"Ping"`)),
	"unknown type":             string(maskedFrame(0x81, `{"type":"Hello"}`)),
	"wrong case":               string(maskedFrame(0x81, `{"type":"ping"}`)),
	"wrong case of the key":    string(maskedFrame(0x81, `{"Type":"Ping"}`)),
	"Subscribe without events": string(maskedFrame(0x81, `{"type":"Subscribe"}`)),
	"events is a string":       string(maskedFrame(0x81, `{"type":"Subscribe","events":"tips.update"}`)),
	"events is null":           string(maskedFrame(0x81, `{"type":"Unsubscribe","events":null}`)),
	"an event is null":         string(maskedFrame(0x81, `{"type":"Unsubscribe","events":[null]}`)),
	"an event is a number":     string(maskedFrame(0x81, `{"type":"Unsubscribe","events":[1]}`)),
	"binary":                   string(maskedFrame(0x82, ping)),
	"a pong":                   string(maskedFrame(0x8A, "unasked")),
}

func TestNodeIgnores(t *testing.T) {
	for name, bytes := range harmless {
		t.Run(name, func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
				ws := r.socket("")
				_, err := ws.conn.Write([]byte(bytes))
				require.NoError(t, err)
				assert.Empty(t, ws.frames())
				r.emitThree()
				assert.Equal(t, everything, ws.types())
				assert.Equal(t, []string{pong}, ws.ask(ping))
			})
		})
	}
}

// fatal is what ends the reading of a node: events still come, commands are
// never answered again.
var fatal = map[string]string{
	"an unmasked frame":         unmasked(ping),
	"invalid UTF-8":             string(maskedFrame(0x81, "\xff")),
	"reserved bits":             string(maskedFrame(0xC1, ping)),
	"an unknown opcode":         string(maskedFrame(0x83, "")),
	"a continuation of nothing": string(maskedFrame(0x80, "")),
	"a fragmented ping":         string(maskedFrame(0x09, "")),
	"a ping too long":           string(maskedFrame(0x89, strings.Repeat("x", 126))),
	"a frame too long":          "\x81\xff\x00\x00\x00\x00\x01\x00\x00\x01",
	"text within a text":        string(maskedFrame(0x01, "{")) + string(maskedFrame(0x01, "}")),
}

func TestNodeStopsReading(t *testing.T) {
	for name, bytes := range fatal {
		t.Run(name, func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
				ws := r.socket("")
				_, err := ws.conn.Write([]byte(bytes))
				require.NoError(t, err)
				assert.Empty(t, ws.frames())
				for range 3 {
					r.emitThree()
					assert.Equal(t, everything, ws.types())
					assert.Empty(t, ws.ask(ping))
				}
				ws.send(0x89, "a protocol ping")
				assert.Empty(t, ws.frames())
			})
		})
	}
}

func TestNodeAnswersProtocolPings(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ws := r.socket("?events=") // the filter has no say
		ws.send(0x89, "payload")
		assert.Equal(t, []message{{0x8A, "payload"}}, ws.frames())
	})
}

func TestFragmentsMakeOneMessage(t *testing.T) {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			ws := r.socket("")
			ws.frames()
			ws.send(0x01, ping[:3])
			ws.send(0x89, "in between")
			ws.send(0x00, ping[3:9])
			ws.send(0x80, ping[9:])
			assert.Equal(t, []message{{0x8A, "in between"}, {0x81, pong}}, ws.frames())
		})
	}
}

func TestLongCommands(t *testing.T) {
	for _, size := range []int{126, 0xFFFF, 0x10000} {
		inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
			ws := r.socket("")
			name := strings.Repeat("x", size)
			assert.Equal(t, []string{list("Subscribed", name)}, ws.ask(list("Subscribe", name)))
		})
	}
}

func TestGuideAnswersBadCommands(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		ws.frames()
		for name, bytes := range harmless {
			_, err := ws.conn.Write([]byte(bytes))
			require.NoError(t, err)
			want := []message{{0x81, `{"type":"Error","message":"Invalid message"}`}}
			if name == "a pong" {
				want = nil
			}
			assert.Equal(t, want, ws.frames(), name)
		}
		assert.Equal(t, []string{pong}, ws.ask(ping))
	})
}

func TestGuideClosesOnProtocolErrors(t *testing.T) {
	for name, bytes := range fatal {
		t.Run(name, func(t *testing.T) {
			inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
				ws := r.socket("")
				ws.frames()
				_, err := ws.conn.Write([]byte(bytes))
				require.NoError(t, err)
				code := "\x03\xea" // 1002
				switch name {
				case "invalid UTF-8":
					code = "\x03\xef" // 1007
				case "a frame too long":
					code = "\x03\xf1" // 1009
				}
				assert.Equal(t, []message{{0x88, code}}, ws.frames())
				require.Error(t, ws.ended())
				assert.Zero(t, r.Sockets())
			})
		})
	}
}
