package metrics_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

func TestStringIsForPeople(t *testing.T) {
	assert.Equal(t, strings.TrimPrefix(`
connection: connected (websocket), 1 reconnection, 1 poll, 1 from sse up to websocket
failovers: https://b.example.com: 1
events: 7 received (510 bytes), 2 handled, 1 dropped, 1 coalesced, 1 filtered, 1 duplicate, 1 pending, 1 of unknown types, the last at 2024-01-15T12:00:01Z
dropped by lane: high: 1, medium: 0, low: 0
coalesced by lane: high: 0, medium: 0, low: 1
handlers: 2.001s on average, 4s at most, 1 error, 1 panic, 1 decode error
slow handlers: MessageAdded: 1 time, 4s at most
gaps: disconnect: 1, overflow: 1
repair: 1 backfilled, 2 owed, -1 unexplained finals, 3 not final, 1 deferred, 5 late
garbage: not JSON: 1
websocket: 2 dials, 1 failed (status 503: 1), 1 connected
sse: 1 dial, 1 connected, 1 ended (closed: 1), 1000 bytes
  Gossip                   1
  MessageAdded             2
  TipsUpdated              4`, "\n"), anHour().Snapshot().String())
}

func TestStringOfNothing(t *testing.T) {
	var c metrics.Counters
	assert.Equal(t, "connection: disconnected\nevents: 0 received (0 bytes), 0 handled\nhandlers: 0s on average, 0s at most",
		c.Snapshot().String())
	assert.NotPanics(t, func() { _ = metrics.Snapshot{}.String() })
}

func TestStringKeepsItsLinesWhateverAServerNamesThings(t *testing.T) {
	var c metrics.Counters
	c.Received("two\nlines", 1, noon)
	c.Garbage("escape \x1b[2J")
	text := c.Snapshot().String()
	assert.Contains(t, text, `"two\nlines"`)
	assert.NotContains(t, text, "\x1b")
	assert.Len(t, strings.Split(text, "\n"), 5)
}

// The keys are those of the integration guide where it has one.
func TestJSONForm(t *testing.T) {
	text, err := json.Marshal(anHour().Snapshot())
	require.NoError(t, err)
	assert.Equal(t, strings.NewReplacer("\n", "", "\t", "").Replace(`{
		"connection_status":"connected","transport":"websocket","reconnections":1,
		"last_event_time":"2024-01-15T12:00:01.5Z",
		"events_received":7,"events_handled":2,"events_dropped":1,"events_coalesced":1,"events_filtered":1,"events_duplicate":1,
		"events_pending":1,"events_unknown":1,"event_bytes":510,
		"events_by_type":{"Gossip":1,"MessageAdded":2,"TipsUpdated":4},
		"handled_by_type":{"MessageAdded":1,"TipsUpdated":1},
		"dropped_by_lane":{"high":1,"low":0,"medium":0},
		"coalesced_by_lane":{"high":0,"low":1,"medium":0},
		"handler_time":{"count":2,"total_ns":4002000000,"max_ns":4000000000,"buckets":[
			{"bound_ns":10000,"count":0},{"bound_ns":100000,"count":0},{"bound_ns":1000000,"count":0},
			{"bound_ns":10000000,"count":1},{"bound_ns":100000000,"count":1},
			{"bound_ns":1000000000,"count":1},{"bound_ns":10000000000,"count":2}]},
		"slow_handlers_by_type":{"MessageAdded":{"count":1,"max_ns":4000000000}},
		"handler_errors":1,"handler_panics":1,"decode_errors":1,
		"garbage_by_reason":{"not JSON":1},"gaps_by_cause":{"disconnect":1,"overflow":1},
		"transports":{
			"polling":{"dials":0,"dial_failures":0,"connects":0,"disconnects":0,"open":0,"bytes":0,
				"dial_failures_by_reason":{},"disconnects_by_reason":{}},
			"sse":{"dials":1,"dial_failures":0,"connects":1,"disconnects":1,"open":0,"bytes":1000,
				"dial_failures_by_reason":{},"disconnects_by_reason":{"closed":1}},
			"websocket":{"dials":2,"dial_failures":1,"connects":1,"disconnects":0,"open":1,"bytes":0,
				"dial_failures_by_reason":{"status 503":1},"disconnects_by_reason":{}}},
		"promotions":[{"from":"sse","to":"websocket","count":1}],
		"failovers_to_endpoint":{"https://b.example.com":1},
		"polls":1,
		"repair":{"backfilled_by_type":{"MessageAdded":1},"deferred":1,"failures_by_reason":{"timeout":1},
			"backlog":{"open_gaps":1,"owed":2,"not_final":3,"unexplained":-1,"late":5}}}`), string(text))
}

func TestJSONIsReadBackAsItWas(t *testing.T) {
	for _, c := range []*metrics.Counters{new(metrics.Counters), anHour()} {
		want := c.Snapshot()
		text, err := json.Marshal(want)
		require.NoError(t, err)
		var got metrics.Snapshot
		require.NoError(t, json.Unmarshal(text, &got))
		assert.Equal(t, want, got)
	}
}

func TestJSONOfNothingHasNoYearOne(t *testing.T) {
	text, err := json.Marshal(new(metrics.Counters).Snapshot())
	require.NoError(t, err)
	assert.NotContains(t, string(text), "0001-01-01")
	assert.Contains(t, string(text), `"transport":"none"`)
}

// Whatever goes in, the JSON form is valid: also for lanes and transports that are
// none.
func TestJSONOfStrangeThings(t *testing.T) {
	var c metrics.Counters
	c.Dropped(9)
	c.Dial(fallback.Transport(9))
	c.Status("a \"status\"\xff", 9)
	c.Received(events.Type("\xff\x00\n"), 1, noon)
	_, err := json.Marshal(c.Snapshot())
	require.NoError(t, err)
}
