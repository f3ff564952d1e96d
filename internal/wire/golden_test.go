package wire_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// rows reads a file of one JSON object a line.
func rows[T any](t testing.TB, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var all []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row T
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		all = append(all, row)
	}
	require.NoError(t, lines.Err())
	return all
}

// A golden row is one event in the two framings of a dialect.
type golden struct {
	Type events.Type `json:"type"`
	WS   string      `json:"ws"`
	SSE  string      `json:"sse"`
}

func goldenRows(t testing.TB, name string) []golden {
	return rows[golden](t, filepath.Join("..", "..", "subscription", "events", "testdata", "golden", name))
}

// oneSSE returns the only event of stream, understood.
func oneSSE(t testing.TB, stream string) wire.Message {
	t.Helper()
	r := wire.NewSSEReader(strings.NewReader(stream), 0)
	ev, err := r.Next()
	require.NoError(t, err)
	require.False(t, ev.Comment)
	return wire.ParseSSE(ev.Name, ev.Data)
}

func TestGoldenFrames(t *testing.T) {
	for _, c := range []struct {
		file    string
		dialect wire.Dialect
		types   int
	}{
		{"node.jsonl", wire.Node, len(events.Types())},
		{"guide.jsonl", wire.Guide, 8},
	} {
		seen := map[events.Type]bool{}
		for _, row := range goldenRows(t, c.file) {
			seen[row.Type] = true
			ws, sse := wire.Parse([]byte(row.WS)), oneSSE(t, row.SSE)
			for framing, m := range map[string]wire.Message{"WebSocket": ws, "SSE": sse} {
				require.NoError(t, m.Err, framing)
				assert.Equal(t, wire.Event, m.Kind, framing)
				assert.Equal(t, c.dialect, m.Dialect, framing)
				assert.Equal(t, row.Type, m.Type, framing)
				assert.Equal(t, goldenTime(t, row.WS, c.dialect), m.Time, framing)
				assert.False(t, m.Time.IsZero(), framing)
				payload, err := events.DecodeAny(events.Envelope{Type: m.Type, Data: m.Data})
				require.NoError(t, err, "%s: %s", framing, m.Data)
				assert.Equal(t, row.Type, payload.Type())
			}
			assert.Equal(t, decoded(t, ws), decoded(t, sse), "both framings carry the same")
			if c.dialect == wire.Node {
				assert.Equal(t, string(ws.Data), string(sse.Data))
			}
		}
		assert.Len(t, seen, c.types, c.file)
	}
}

// goldenTime finds the time of a frame without the help of this package.
func goldenTime(t *testing.T, frame string, d wire.Dialect) time.Time {
	t.Helper()
	if d == wire.Guide {
		var f struct {
			Event struct {
				Timestamp time.Time `json:"timestamp"`
			} `json:"event"`
		}
		require.NoError(t, json.Unmarshal([]byte(frame), &f))
		return f.Event.Timestamp.UTC()
	}
	var f struct {
		Event struct {
			Data struct {
				Timestamp int64 `json:"timestamp"`
			} `json:"data"`
		} `json:"event"`
	}
	require.NoError(t, json.Unmarshal([]byte(frame), &f))
	return time.Unix(f.Event.Data.Timestamp, 0).UTC()
}

func decoded(t *testing.T, m wire.Message) events.Event {
	t.Helper()
	e, err := events.DecodeAny(events.Envelope{Type: m.Type, Data: m.Data})
	require.NoError(t, err)
	return e
}
