package wire_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A line is what a node sent, and on which of two connections side by side.
type line struct {
	On   string `json:"on"`
	Text string `json:"text"`
}

// A fact is all that two connections must agree on.
type fact struct {
	kind events.Type
	data string
	at   int64
}

func factOf(m wire.Message) fact { return fact{m.Type, string(m.Data), m.Time.Unix()} }

// Minutes of true nodes, WebSocket and SSE side by side: both carry the same
// sequence in each lane. Across lanes there is no order.
func TestRecordedMinutes(t *testing.T) {
	for file, want := range map[string]map[events.Type]int{
		// Three different transfers within one second, in byte-identical events.
		"node-0.3.0-twins.jsonl": {events.TypeTransferRecorded: 3, events.TypeBalanceChanged: 6},
		// A node to which messages are posted.
		"node-0.1.10-live.jsonl": {events.TypeMessageAdded: 38, events.TypeMessageFinalized: 12},
	} {
		t.Run(file, func(t *testing.T) {
			var stream strings.Builder
			ws, sse := map[events.Priority][]fact{}, map[events.Priority][]fact{}
			pongs, counts := 0, map[events.Type]int{}
			for _, l := range rows[line](t, filepath.Join("testdata", file)) {
				if l.On == "sse" {
					stream.WriteString(l.Text)
					continue
				}
				m := wire.Parse([]byte(l.Text))
				if m.Kind == wire.Pong {
					pongs++
					continue
				}
				require.Equal(t, wire.Event, m.Kind)
				assert.Equal(t, wire.Node, m.Dialect)
				assert.True(t, m.Type.Known())
				assert.Equal(t, 2026, m.Time.Year())
				ws[m.Type.Lane()] = append(ws[m.Type.Lane()], factOf(m))
				counts[m.Type]++
			}
			r := wire.NewSSEReader(strings.NewReader(stream.String()), 0)
			for ev, err := r.Next(); err == nil; ev, err = r.Next() {
				require.False(t, ev.Comment, "a busy stream has no heartbeats")
				m := wire.ParseSSE(ev.Name, ev.Data)
				require.Equal(t, wire.Event, m.Kind)
				assert.Equal(t, ev.Name, m.Type.Name())
				sse[m.Type.Lane()] = append(sse[m.Type.Lane()], factOf(m))
			}
			assert.Equal(t, 1, pongs)
			assert.Equal(t, ws, sse)
			assert.NotEmpty(t, ws[events.High])
			assert.NotEmpty(t, ws[events.Medium])
			for kind, n := range want {
				assert.Equal(t, n, counts[kind], kind)
			}
		})
	}
}

// Three equal transfers are three facts: nothing here tells them apart, so
// nothing above may drop one for being equal.
func TestRecordedTwins(t *testing.T) {
	equal := map[fact]int{}
	for _, l := range rows[line](t, filepath.Join("testdata", "node-0.3.0-twins.jsonl")) {
		if m := wire.Parse([]byte(l.Text)); l.On == "ws" && m.Type == events.TypeTransferRecorded {
			equal[factOf(m)]++
		}
	}
	require.Len(t, equal, 1)
	for _, n := range equal {
		assert.Equal(t, 3, n)
	}
}

// Every event that a node announces twice or once has its message's id.
func TestRecordedMessageIDs(t *testing.T) {
	ids := map[string]int{}
	for _, l := range rows[line](t, filepath.Join("testdata", "node-0.1.10-live.jsonl")) {
		m := wire.Parse([]byte(l.Text))
		if l.On != "ws" || m.Type != events.TypeMessageAdded {
			continue
		}
		id, ok := wire.MessageID(m.Data)
		require.True(t, ok)
		require.Len(t, id, 64)
		ids[id]++
	}
	twice := 0
	for _, n := range ids {
		if n == 2 {
			twice++
		}
	}
	assert.NotZero(t, twice, "a node tells of a message that was posted twice")
	assert.Less(t, twice, len(ids))
}
