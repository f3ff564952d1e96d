package events_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// fresh returns a pointer to a new struct of type typ.
func fresh(t testing.TB, typ events.Type) any {
	t.Helper()
	e, err := events.DecodeAny(events.Envelope{Type: typ, Data: []byte("{}")})
	require.NoError(t, err)
	return reflect.New(reflect.TypeOf(e)).Interface()
}

// Nothing that a server is known to send is left to encoding/json.
func TestGoldenPayloadsArePredicted(t *testing.T) {
	for _, dialect := range []string{"node", "guide"} {
		for i, p := range lines[pair](t, dialect+".jsonl") {
			ws, sse := p.payloads(t, dialect)
			assert.True(t, events.Predicted(ws, fresh(t, p.Type)), "%s row %d: %s", dialect, i+1, ws)
			assert.True(t, events.Predicted(sse, fresh(t, p.Type)), "%s row %d: %s", dialect, i+1, sse)
		}
	}
}

// recorded returns the payloads that nodes were recorded to send by WebSocket.
func recorded(t testing.TB) []events.Envelope {
	t.Helper()
	var all []events.Envelope
	for _, file := range []string{"node-0.3.0-twins.jsonl", "node-0.1.10-live.jsonl"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "internal", "wire", "testdata", file))
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			var frame struct{ On, Text string }
			require.NoError(t, json.Unmarshal([]byte(line), &frame))
			if frame.On != "ws" {
				continue
			}
			if m := wire.Parse([]byte(frame.Text)); m.Kind == wire.Event {
				all = append(all, events.Envelope{Type: m.Type, Data: m.Data})
			}
		}
	}
	require.NotEmpty(t, all)
	return all
}

func TestRecordedPayloadsArePredicted(t *testing.T) {
	seen := map[events.Type]bool{}
	for _, env := range recorded(t) {
		seen[env.Type] = true
		assert.True(t, events.Predicted(env.Data, fresh(t, env.Type)), "%s: %s", env.Type, env.Data)
	}
	assert.True(t, seen[events.TypeTipsUpdated])
	assert.True(t, seen[events.TypeTransferRecorded])
}

// What Encode writes is predicted too: it is what the client makes of states that
// it has read by REST.
func TestEncodedEventsArePredicted(t *testing.T) {
	for _, dialect := range []string{"node", "guide"} {
		for i, row := range lines[decoded](t, dialect+".decoded.jsonl") {
			assert.True(t, events.Predicted(row.Data, fresh(t, row.Type)), "%s row %d: %s", dialect, i+1, row.Data)
		}
	}
}

func TestWhatIsNotPredicted(t *testing.T) {
	for name, data := range map[string]string{
		"nothing":             ``,
		"null":                `null`,
		"an empty object":     `{}`,
		"another order":       `{"depth":1,"message_id":"a","timestamp":1760554622}`,
		"a key more":          `{"message_id":"a","depth":1,"new":1,"timestamp":1760554622}`,
		"a key less":          `{"message_id":"a","timestamp":1760554622}`,
		"a key twice":         `{"message_id":"a","message_id":"a","depth":1,"timestamp":1760554622}`,
		"a key in capitals":   `{"message_id":"a","Depth":1,"timestamp":1760554622}`,
		"an escaped key":      `{"message_id":"a","d\u0065pth":1,"timestamp":1760554622}`,
		"white space":         `{"message_id":"a","depth":1,"timestamp":1760554622 }`,
		"white space behind":  `{"message_id":"a","depth":1,"timestamp":1760554622}` + "\n",
		"null for a number":   `{"message_id":"a","depth":null,"timestamp":1760554622}`,
		"null for a time":     `{"message_id":"a","depth":1,"timestamp":null}`,
		"a fraction":          `{"message_id":"a","depth":1.0,"timestamp":1760554622}`,
		"milliseconds":        `{"message_id":"a","depth":1,"timestamp":1760554622000}`,
		"another type":        `{"message_id":1,"depth":1,"timestamp":1760554622}`,
		"an escape that lies": `{"message_id":"\x","depth":1,"timestamp":1760554622}`,
		"no end":              `{"message_id":"a","depth":1,"timestamp":1760554622`,
		"no end of a string":  `{"message_id":"a\"`,
	} {
		assert.False(t, events.Predicted([]byte(data), new(events.MessageAdded)), name)
	}
	whole := []byte(`{"message_id":"a","depth":1,"timestamp":1760554622}`)
	assert.True(t, events.Predicted(whole, new(events.MessageAdded)))
	assert.False(t, events.Predicted(whole, new(events.TipsUpdated)))
	assert.False(t, events.Predicted(whole, new(events.Gap)))
	assert.False(t, events.Predicted(whole, new(comet)))
	assert.False(t, events.Predicted(whole, nil))
}
