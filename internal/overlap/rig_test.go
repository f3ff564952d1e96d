package overlap_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/overlap"
	"github.com/adic/adic-go/subscription/events"
)

const (
	tips       = events.TypeTipsUpdated
	kcore      = events.TypeKCoreUpdated
	transfer   = events.TypeTransferRecorded  // a notice in the high lane
	reputation = events.TypeReputationChanged // one in the medium lane
	economics  = events.TypeEconomicsUpdated  // in the low lane
)

// An event is one of the sequence that a node sends.
type event struct {
	of     events.Type
	second int64 // server's
	data   string
}

// made returns an event with content and its second in it, as a node's have.
func made(of events.Type, second int64, content string) event {
	return event{of, second, fmt.Sprintf(`{"content":%q,"timestamp":%d}`, content, second)}
}

// lane returns those of seq that travel in lane.
func lane(seq []event, in events.Priority) (out []event) {
	for _, e := range seq {
		if e.of.Lane() == in {
			out = append(out, e)
		}
	}
	return out
}

// older and newer give c events of one of the connections.
func older(c *overlap.Cut, seq ...event) {
	for _, e := range seq {
		c.Old(e.of, time.Unix(e.second, 0), []byte(e.data))
	}
}

func newer(c *overlap.Cut, seq ...event) {
	for _, e := range seq {
		c.New(e.of, time.Unix(e.second, 0), []byte(e.data))
	}
}

// recorded returns the events of a file of testdata, of each connection in order.
func recorded(t testing.TB, file string) (ws, sse []event) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		var row struct {
			On   string
			Type events.Type
			Data json.RawMessage
		}
		var payload struct{ Timestamp int64 }
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		require.NoError(t, json.Unmarshal(row.Data, &payload))
		e := event{row.Type, payload.Timestamp, string(row.Data)}
		if row.On == "ws" {
			ws = append(ws, e)
		} else {
			sse = append(sse, e)
		}
	}
	for _, in := range []events.Priority{events.High, events.Medium} {
		require.Equal(t, lane(ws, in), lane(sse, in), "both connections carried the same")
	}
	return ws, sse
}
