package metrics_test

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// exposed returns the text form of c.
func exposed(t *testing.T, c *metrics.Counters) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Snapshot().WritePrometheus(&b))
	return b.String()
}

func TestPrometheusSamples(t *testing.T) {
	text := exposed(t, anHour())
	want := `adic_client_events_received_total{type="Gossip"} 1
adic_client_events_received_total{type="MessageAdded"} 2
adic_client_events_received_total{type="TipsUpdated"} 4
adic_client_events_handled_total{type="MessageAdded"} 1
adic_client_events_handled_total{type="TipsUpdated"} 1
adic_client_events_dropped_total{lane="high"} 1
adic_client_events_dropped_total{lane="medium"} 0
adic_client_events_dropped_total{lane="low"} 0
adic_client_events_coalesced_total{lane="high"} 0
adic_client_events_coalesced_total{lane="medium"} 0
adic_client_events_coalesced_total{lane="low"} 1
adic_client_events_filtered_total 1
adic_client_events_duplicate_total 1
adic_client_events_unknown_total 1
adic_client_events_pending 1
adic_client_event_bytes_total 510
adic_client_last_event_timestamp_seconds 1.7053200015e+09
adic_client_gaps_total{cause="disconnect"} 1
adic_client_gaps_total{cause="overflow"} 1
adic_client_handler_seconds_bucket{le="1e-05"} 0
adic_client_handler_seconds_bucket{le="0.0001"} 0
adic_client_handler_seconds_bucket{le="0.001"} 0
adic_client_handler_seconds_bucket{le="0.01"} 1
adic_client_handler_seconds_bucket{le="0.1"} 1
adic_client_handler_seconds_bucket{le="1"} 1
adic_client_handler_seconds_bucket{le="10"} 2
adic_client_handler_seconds_bucket{le="+Inf"} 2
adic_client_handler_seconds_sum 4.002
adic_client_handler_seconds_count 2
adic_client_slow_handlers_total{type="MessageAdded"} 1
adic_client_slow_handler_max_seconds{type="MessageAdded"} 4
adic_client_handler_errors_total 1
adic_client_handler_panics_total 1
adic_client_decode_errors_total 1
adic_client_garbage_total{reason="not JSON"} 1
adic_client_connection_status{status="connected",transport="websocket"} 1
adic_client_reconnections_total 1
adic_client_polls_total 1
adic_client_promotions_total{from="sse",to="websocket"} 1
adic_client_failovers_total{endpoint="https://b.example.com"} 1
adic_client_dials_total{transport="websocket"} 2
adic_client_dials_total{transport="sse"} 1
adic_client_dials_total{transport="polling"} 0
adic_client_dial_failures_total{transport="websocket",reason="status 503"} 1
adic_client_connects_total{transport="websocket"} 1
adic_client_connects_total{transport="sse"} 1
adic_client_connects_total{transport="polling"} 0
adic_client_disconnects_total{transport="sse",reason="closed"} 1
adic_client_connections{transport="websocket"} 1
adic_client_connections{transport="sse"} 0
adic_client_connections{transport="polling"} 0
adic_client_received_bytes_total{transport="websocket"} 0
adic_client_received_bytes_total{transport="sse"} 1000
adic_client_received_bytes_total{transport="polling"} 0
adic_client_backfilled_total{type="MessageAdded"} 1
adic_client_deferred_total 1
adic_client_repair_failures_total{reason="timeout"} 1
adic_client_open_gaps 1
adic_client_owed_facts 2
adic_client_not_final_messages 3
adic_client_unexplained_finals -1
adic_client_late_messages_total 5
`
	var samples strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			samples.WriteString(line)
		}
	}
	assert.Equal(t, want, samples.String())
	assert.Contains(t, text, "# HELP adic_client_events_pending Events received that have met no fate yet.\n"+
		"# TYPE adic_client_events_pending gauge\nadic_client_events_pending 1\n")
}

func TestPrometheusOfNothing(t *testing.T) {
	text := exposed(t, new(metrics.Counters))
	valid(t, text)
	assert.Contains(t, text, "\nadic_client_last_event_timestamp_seconds 0\n")
	assert.Contains(t, text, "\nadic_client_connection_status{status=\"disconnected\",transport=\"none\"} 1\n")
	assert.Contains(t, text, "\nadic_client_events_filtered_total 0\n")
}

func TestPrometheusOfASnapshotThatNobodyTook(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, metrics.Snapshot{}.WritePrometheus(&b))
	valid(t, b.String())
}

func TestPrometheusIsTheSameEveryTime(t *testing.T) {
	c := anHour()
	first := exposed(t, c)
	for range 50 {
		require.Equal(t, first, exposed(t, c))
	}
}

func TestPrometheusEscapesWhatAServerNames(t *testing.T) {
	var c metrics.Counters
	c.Received(events.Type("a\\b\"c\"\nd{e=\"f\"} 1"), 1, noon)
	text := exposed(t, &c)
	valid(t, text)
	assert.Contains(t, text, `{type="a\\b\"c\"\nd{e=\"f\"} 1"} 1`)
}

func FuzzPrometheus(f *testing.F) {
	f.Add("TipsUpdated", "status 503", "connected")
	f.Add("a\\", "\"", "\n")
	f.Add("\xff", "# TYPE", "")
	f.Fuzz(func(t *testing.T, kind, reason, status string) {
		var c metrics.Counters
		c.Received(events.Type(kind), 1, noon)
		c.Garbage(reason)
		c.Disconnected(1, reason)
		c.Status(status, 1)
		valid(t, exposed(t, &c))
	})
}

func TestPrometheusReportsTheErrorOfTheWriter(t *testing.T) {
	full := errors.New("disk full")
	assert.ErrorIs(t, new(metrics.Counters).Snapshot().WritePrometheus(broken{full}), full)
}

// broken is a writer that cannot.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// The text format 0.0.4, as far as it is used here.
var (
	comment = regexp.MustCompile(`^# (HELP|TYPE) ([a-z_]+) (.+)$`)
	sample  = regexp.MustCompile(`^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\[\\"n])*",?)*)\})? (\S+)$`)
	pair    = regexp.MustCompile(`([a-z]+)="((?:[^"\\]|\\[\\"n])*)"`)
)

// valid holds text against the rules of the format: every family has HELP, TYPE and its
// samples in one piece, once; counters end in _total and nothing else does; no series
// comes twice; values are numbers, those of counters not negative.
func valid(t *testing.T, text string) {
	t.Helper()
	var family, kind string
	families, series := map[string]bool{}, map[string]bool{}
	require.True(t, strings.HasSuffix(text, "\n"), "the last line is ended")
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if m := comment.FindStringSubmatch(line); m != nil {
			if m[1] == "HELP" {
				require.False(t, families[m[2]], "%s: a second time", m[2])
				family, kind = m[2], ""
				families[family] = true
				continue
			}
			require.Equal(t, family, m[2], "TYPE follows HELP")
			require.Empty(t, kind, "one TYPE for a family")
			kind = m[3]
			require.Contains(t, []string{"counter", "gauge", "histogram"}, kind)
			require.Equal(t, kind == "counter", strings.HasSuffix(family, "_total"), "%s", family)
			continue
		}
		m := sample.FindStringSubmatch(line)
		require.NotNil(t, m, "%q", line)
		name := m[1]
		if kind == "histogram" {
			name = regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		}
		require.Equal(t, family, name, "samples follow their TYPE")
		require.True(t, strings.HasPrefix(name, "adic_client_"))
		id := m[1] + sortedPairs(m[2])
		require.False(t, series[id], "%s: a second time", id)
		series[id] = true
		value, err := strconv.ParseFloat(m[3], 64)
		require.NoError(t, err)
		require.GreaterOrEqual(t, value, 0.0)
	}
}

// sortedPairs returns labels in an order of their own.
func sortedPairs(labels string) string {
	pairs := pair.FindAllString(labels, -1)
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}
