package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

func TestParseDoesNotAllocate(t *testing.T) {
	for _, file := range []string{"node.jsonl", "guide.jsonl"} {
		for _, row := range goldenRows(t, file) {
			frame := []byte(row.WS)
			m := wire.Parse(frame)
			require.Equal(t, wire.Event, m.Kind)
			assert.Zero(t, testing.AllocsPerRun(100, func() { m = wire.Parse(frame) }), "%s of %s", row.Type, file)

			ev, err := wire.NewSSEReader(strings.NewReader(row.SSE), 0).Next()
			require.NoError(t, err)
			assert.Zero(t, testing.AllocsPerRun(100, func() { m = wire.ParseSSE(ev.Name, ev.Data) }), "%s of %s", row.Type, file)
		}
	}
}

func TestControlMessagesDoNotAllocateForNothing(t *testing.T) {
	pong := []byte(`{"type":"Pong"}`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = wire.Parse(pong) }))
}

func TestBeatsAreAskedForWithoutAllocating(t *testing.T) {
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = wire.HasBeats(wire.Node) && wire.IsBeat(wire.Node, "BrandNew") }))
}

func TestMessageIDAllocatesTheStringOnly(t *testing.T) {
	data := []byte(`{"message_id":"` + strings.Repeat("5f0c", 16) + `","finality_type":"kcore","timestamp":1760554622}`)
	var id string
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { id, _ = wire.MessageID(data) }), 1.0)
	assert.Len(t, id, 64)
}

// A reader that has its buffer allocates nothing for an event of a known name
// whose id does not change, of whatever number of lines, nor for a comment.
func TestSSEReaderDoesNotAllocate(t *testing.T) {
	for name, event := range map[string]string{
		"node":     "event: tips.update\ndata: {\"type\":\"TipsUpdated\",\"data\":{}}\n\n",
		"guide":    "event: TipsUpdated\r\ndata: {}\r\n\r\n",
		"lines":    "id: 1\nevent: brand.new\ndata: a\ndata: b\n\n",
		"comments": ": heartbeat\n\n: heartbeat\n\n",
	} {
		const runs = 100
		stream := bytes.Repeat([]byte(event), 4*runs)
		r := wire.NewSSEReader(bytes.NewReader(stream), 0)
		for range runs { // the buffer grows to its size
			_, err := r.Next()
			require.NoError(t, err)
		}
		allocs := testing.AllocsPerRun(2*runs, func() {
			if _, err := r.Next(); err != nil {
				t.Error(err)
			}
		})
		assert.LessOrEqual(t, allocs, 0.0, name)
	}
}
