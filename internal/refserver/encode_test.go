package refserver_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// golden is the true frames of a dialect, with the payload in them.
type golden struct {
	Type, WS, SSE string
	payload       json.RawMessage
}

func readGolden(t *testing.T, name string) []golden {
	t.Helper()
	f, err := os.Open("../../subscription/events/testdata/golden/" + name)
	require.NoError(t, err)
	defer f.Close()
	var rows []golden
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var row golden
		require.NoError(t, json.Unmarshal(scan.Bytes(), &row))
		var frame struct{ Event json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(row.WS), &frame))
		var event struct{ Data json.RawMessage }
		require.NoError(t, json.Unmarshal(frame.Event, &event))
		row.payload = event.Data
		if event.Data == nil { // flat: what is left without the type
			tag := `{"type":"` + row.Type + `",`
			require.Equal(t, tag, string(frame.Event[:len(tag)]))
			row.payload = append(json.RawMessage("{"), frame.Event[len(tag):]...)
		}
		rows = append(rows, row)
	}
	require.NoError(t, scan.Err())
	return rows
}

// TestFramesAreThoseOfTheWire emits the payload of each true frame and expects
// the frame, byte for byte, on both transports.
func TestFramesAreThoseOfTheWire(t *testing.T) {
	for d, file := range map[refserver.Dialect]string{refserver.Node: "node.jsonl", refserver.Guide: "guide.jsonl"} {
		rows := readGolden(t, file)
		require.NotEmpty(t, rows)
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			ws, sse := r.socket(""), r.events("")
			ws.frames()
			for _, row := range rows {
				require.NoError(t, r.Emit(events.Type(row.Type), row.payload))
				assert.Equal(t, []string{row.WS}, ws.texts())
				assert.Equal(t, row.SSE, sse.bytes())
			}
		})
	}
}

// Each type travels in the lane of its priority, an unknown one in the medium
// lane.
func TestLanes(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		lanes := map[events.Priority]*peer{
			events.High:   r.socket("?priority=high"),
			events.Medium: r.socket("?priority=medium"),
			events.Low:    r.socket("?priority=low"),
		}
		for _, typ := range append(events.Types(), "NeverHeardOf") {
			require.NoError(t, r.Emit(typ, `{}`))
			for lane, ws := range lanes {
				if lane == typ.Lane() {
					assert.Equal(t, []string{string(typ)}, ws.types())
				} else {
					assert.Empty(t, ws.types(), typ)
				}
			}
		}
	})
}

// What is no raw JSON is said in the way of the dialect.
func TestEmitAdapts(t *testing.T) {
	type fields map[string]any
	then := events.Timestamp{Time: time.Unix(1705314600, 0)}
	rows := []struct {
		name        string
		payload     any
		node, guide string
	}{
		{"no timestamp", fields{"a": 1}, `{"a":1,"timestamp":946684800}`, `{"a":1,"timestamp":"2000-01-01T00:00:00Z"}`},
		{"no field", fields{}, `{"timestamp":946684800}`, `{"timestamp":"2000-01-01T00:00:00Z"}`},
		{"seconds", fields{"timestamp": 1705314600}, `{"timestamp":1705314600}`, `{"timestamp":"2024-01-15T10:30:00Z"}`},
		{"null", fields{"timestamp": nil}, `{"timestamp":946684800}`, `{"timestamp":"2000-01-01T00:00:00Z"}`},
		{"RFC 3339", fields{"timestamp": then.Time}, `{"timestamp":1705314600}`, `{"timestamp":"2024-01-15T10:30:00Z"}`},
		{"not a time", fields{"timestamp": "now"}, `{"timestamp":946684800}`, `{"timestamp":"2000-01-01T00:00:00Z"}`},
		{
			"an event", events.MessageFinalized{MessageID: "a<b", FinalityType: events.FinalityKCore, Timestamp: then},
			`{"message_id":"a<b","finality_type":"kcore","timestamp":1705314600}`,
			`{"message_id":"a<b","finality_type":"KCore","timestamp":"2024-01-15T10:30:00Z"}`,
		},
		{"a list", []int{1}, `[1]`, `[1]`},
		{"bytes", []byte(`{"b":2}`), `{"b":2}`, `{"b":2}`},
		{"a string", `{"c":3}`, `{"c":3}`, `{"c":3}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
				ws := r.socket("")
				require.NoError(t, r.Emit("X", row.payload))
				assert.Equal(t, []string{`{"type":"Event","event":{"type":"X","data":` + row.node + `}}`}, ws.texts())
			})
			inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
				sse := r.events("")
				require.NoError(t, r.Emit("X", row.payload))
				assert.Equal(t, "event: X\ndata: "+row.guide+"\n\n", sse.bytes())
			})
		})
	}
}

func TestFlatForms(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		ws.frames()
		for _, payload := range []string{`{}`, `[1]`, `null`} {
			require.NoError(t, r.Emit("X", payload))
		}
		assert.Equal(t, []string{
			`{"type":"Event","event":{"type":"X"}}`,
			`{"type":"Event","event":{"type":"X","data":[1]}}`,
			`{"type":"Event","event":{"type":"X","data":null}}`,
		}, ws.texts())
	})
}

// One frame or chunk per event, whatever the size.
func TestLargeEvents(t *testing.T) {
	for _, size := range []int{100, 200, 70_000, 1_340_102} {
		inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
			ws, sse := r.socket(""), r.events("")
			r.Oversize(size)
			texts := ws.texts()
			require.Len(t, texts, 1)
			assert.GreaterOrEqual(t, len(texts[0]), size)
			assert.Less(t, len(texts[0]), size+300)
			assert.Contains(t, sse.bytes(), texts[0][len(`{"type":"Event","event":`):len(texts[0])-1])
		})
	}
}
