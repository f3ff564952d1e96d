package events_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

var update = flag.Bool("update", false, "rewrite the decoded side of the golden files")

// A pair is one event in the two framings of a dialect.
type pair struct {
	Type events.Type `json:"type"`
	WS   string      `json:"ws"`  // the text frame
	SSE  string      `json:"sse"` // the bytes on the stream
}

// A decoded is what Decode makes of a pair, encoded again.
type decoded struct {
	Type events.Type     `json:"type"`
	Data json.RawMessage `json:"data"`
}

func lines[T any](t testing.TB, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "golden", name))
	require.NoError(t, err)
	var all []T
	for line := range strings.Lines(string(text)) {
		var one T
		require.NoError(t, json.Unmarshal([]byte(line), &one))
		all = append(all, one)
	}
	require.NotEmpty(t, all)
	return all
}

// payloads takes the payload out of both framings. It is a second, naive reading
// of the wire: internal/wire has the true one.
func (p pair) payloads(t testing.TB, dialect string) (ws, sse json.RawMessage) {
	t.Helper()
	var frame struct {
		Type  string
		Event json.RawMessage
	}
	require.NoError(t, json.Unmarshal([]byte(p.WS), &frame))
	require.Equal(t, "Event", frame.Type)
	ws = frame.Event

	name, data, ok := strings.Cut(strings.TrimPrefix(p.SSE, "event: "), "\ndata: ")
	require.True(t, ok)
	data, ok = strings.CutSuffix(data, "\n\n")
	require.True(t, ok)
	sse = json.RawMessage(data)
	if dialect == "guide" {
		require.Equal(t, string(p.Type), name)
		return ws, sse
	}
	require.Equal(t, p.Type.Name(), name)
	require.JSONEq(t, string(ws), data)
	var body struct{ Data json.RawMessage }
	require.NoError(t, json.Unmarshal(ws, &body))
	return body.Data, body.Data
}

func TestGolden(t *testing.T) {
	for _, dialect := range []string{"node", "guide"} {
		t.Run(dialect, func(t *testing.T) {
			pairs := lines[pair](t, dialect+".jsonl")
			results := make([]decoded, len(pairs))
			for i, p := range pairs {
				ws, sse := p.payloads(t, dialect)
				e, err := events.DecodeAny(events.Envelope{Type: p.Type, Data: ws})
				require.NoError(t, err, "row %d", i+1)
				again, err := events.DecodeAny(events.Envelope{Type: p.Type, Data: sse})
				require.NoError(t, err, "row %d", i+1)
				assert.Equal(t, e, again, "row %d: the framings differ", i+1)

				env, err := events.Encode(e)
				require.NoError(t, err)
				results[i] = decoded{p.Type, env.Data}
				assertKept(t, i+1, ws, env.Data)

				back, err := events.DecodeAny(env)
				require.NoError(t, err)
				assert.Equal(t, e, back, "row %d: the round trip changes it", i+1)
			}
			name := dialect + ".decoded.jsonl"
			if *update {
				rewrite(t, name, results)
			}
			assert.Equal(t, lines[decoded](t, name), results)
		})
	}
}

func rewrite(t *testing.T, name string, rows []decoded) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, r := range rows {
		require.NoError(t, enc.Encode(r))
	}
	require.NoError(t, os.WriteFile(filepath.Join("testdata", "golden", name), b.Bytes(), 0o600))
}

// assertKept holds the struct to the payload without looking at the golden
// side: each key is there again, with a value that means the same.
func assertKept(t *testing.T, row int, payload, encoded []byte) {
	t.Helper()
	want, got := object(t, payload), object(t, encoded)
	delete(want, "type") // the guide's, beside the payload
	for key := range got {
		assert.Contains(t, want, key, "row %d: the server sent no such key", row)
	}
	for key, value := range want {
		if axes, ok := value.([]any); ok && key == "axes" {
			for i, axis := range axes {
				assertSame(t, row, key, axis, got[key].([]any)[i])
			}
			continue
		}
		switch {
		case key == "timestamp":
			assert.Equal(t, instant(t, value), instant(t, got[key]), "row %d: timestamp", row)
		case strings.HasSuffix(key, "finality_type"):
			assert.Equal(t, strings.ToLower(value.(string)), got[key], "row %d: %s", row, key)
		default:
			assertSame(t, row, key, value, got[key])
		}
	}
}

// assertSame compares numbers by value, and takes what was left out for zero.
func assertSame(t *testing.T, row int, key string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case json.Number:
		if got == nil {
			got = json.Number("0")
		}
		if whole, err := want.Int64(); err == nil {
			n, err := got.(json.Number).Int64()
			require.NoError(t, err)
			assert.Equal(t, whole, n, "row %d: %s", row, key)
			return
		}
		if !strings.ContainsAny(want.String(), ".e") { // beyond int64
			assert.Equal(t, want, got, "row %d: %s", row, key)
			return
		}
		a, err := want.Float64()
		require.NoError(t, err)
		b, err := got.(json.Number).Float64()
		require.NoError(t, err)
		assert.Equal(t, a, b, "row %d: %s", row, key)
	case bool:
		if got == nil {
			got = false
		}
		assert.Equal(t, want, got, "row %d: %s", row, key)
	case map[string]any:
		for k, v := range want {
			assertSame(t, row, key+"."+k, v, got.(map[string]any)[k])
		}
	default:
		assert.Equal(t, want, got, "row %d: %s", row, key)
	}
}

func object(t *testing.T, data []byte) map[string]any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var m map[string]any
	require.NoError(t, dec.Decode(&m))
	return m
}

// instant reads seconds or RFC 3339.
func instant(t *testing.T, value any) int64 {
	t.Helper()
	if n, ok := value.(json.Number); ok {
		seconds, err := n.Int64()
		require.NoError(t, err)
		return seconds
	}
	at, err := time.Parse(time.RFC3339, value.(string))
	require.NoError(t, err)
	return at.Unix()
}
