package refserver

import (
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// busy are counts of which no two are equal.
func busy() Stats {
	return Stats{Emitted: 1000, Delivered: 1364, WebSocketMessages: 1300, SSEMessages: 64, WebSockets: 2, SSEs: 1}
}

func grown(t *testing.T) *ledger.Ledger {
	t.Helper()
	l := ledger.New(1)
	for range 13 {
		l.Add(ledger.AddOptions{})
	}
	for _, m := range l.Messages()[:3] {
		require.True(t, l.Finalize(m.ID))
	}
	return l
}

func TestHealth(t *testing.T) {
	l := grown(t)
	now := func() time.Time { return someTime }
	h := newREST(l, busy, restOptions{now: now})
	tips := len(l.Tips())
	require.Less(t, tips, 10)
	want := `{"components":{"consensus":{"finality_rate":"23.08%","finalized_count":3,"pending_count":10,"status":"healthy","total_messages":13},` +
		`"event_streaming":{"active_connections":3,"sse_connections":1,"status":"healthy","websocket_connections":2},` +
		`"network":{"note":"Basic connectivity check","status":"healthy"},` +
		`"storage":{"finalized_count":0,"message_count":13,"status":"healthy","tip_count":` + string(rune('0'+tips)) + `}},` +
		`"status":"healthy",` + stamp + `,"version":"0.3.0"}`
	assert.Equal(t, want, body(t, h, "/v1/health"))
	other := newREST(l, busy, restOptions{now: now, version: "guide", memoryStore: true})
	want = strings.Replace(strings.Replace(want, "0.3.0", "guide", 1), `"storage":{"finalized_count":0`, `"storage":{"finalized_count":3`, 1)
	assert.Equal(t, want, body(t, other, "/v1/health"))
	assert.Contains(t, body(t, restOf(ledger.New(1)), "/v1/health"), `"finality_rate":"0.00%"`)
}

func TestHealthStreaming(t *testing.T) {
	answer := func(options restOptions) string {
		return body(t, newREST(ledger.New(1), busy, options), "/v1/health/streaming")
	}
	want := `{"status":"healthy","event_streaming":{"enabled":true,"websocket_enabled":true,"sse_enabled":true},` +
		`"metrics":{"events_emitted_total":1364,"websocket_connections":2,"sse_connections":1,"websocket_messages_sent":1300,"sse_messages_sent":64}}`
	assert.Equal(t, want, answer(restOptions{}), "a node counts deliveries")
	assert.Equal(t, strings.Replace(want, "1364", "1000", 1), answer(restOptions{guide: true}), "the guide counts events")
	assert.Contains(t, answer(restOptions{websocketOff: true}), `{"enabled":true,"websocket_enabled":false,"sse_enabled":true}`)
	assert.Contains(t, answer(restOptions{sseOff: true}), `{"enabled":true,"websocket_enabled":true,"sse_enabled":false}`)
	assert.Contains(t, answer(restOptions{websocketOff: true, sseOff: true}), `{"enabled":false,"websocket_enabled":false,"sse_enabled":false}`)
}

func TestStatus(t *testing.T) {
	l := grown(t)
	assert.Regexp(t, `^\{"message_count":13,"tip_count":\d,"finalized_count":3,"pending_finality":10\}$`, body(t, restOf(l), "/v1/status"))
}

func TestStatistics(t *testing.T) {
	l := grown(t)
	assert.Regexp(t, `^\{"conflicts":\{"pending":0,"resolved":0,"total":0\},`+
		`"deposits":\{"escrowed_count":10,"refunded_count":3,"slashed_count":0,"total_escrowed_amount":1000000000,"total_refunded_amount":300000000,"total_slashed_amount":0\},`+
		`"finality":\{"finalized_count":3,"pending_count":10,"total_messages":13\},`+
		`"node":\{"finalized_count":3,"message_count":13,"pending_finality":10,"tip_count":\d\},`+
		`"reputation":\{"average_reputation":1\.06,"max_reputation":1\.06,"min_reputation":1\.06,"tracked_nodes":1\},`+
		`"storage":\{"conflict_sets":0,"finalized_count":0,"message_count":13,"reputation_entries":0,"tip_count":\d,"total_size_bytes":null\},`+
		`"timestamp":"2025-10-15T18:57:02\.123456789\+00:00"\}$`, body(t, restOf(l), "/v1/statistics"))
	assert.Contains(t, body(t, restOf(ledger.New(1)), "/v1/statistics"),
		`"reputation":{"average_reputation":0.0,"max_reputation":0.0,"min_reputation":10.0,"tracked_nodes":0}`)
	assert.Contains(t, body(t, restOf(withConflicts()), "/v1/statistics"), `"conflicts":{"pending":2,"resolved":1,"total":3}`)
}

func TestMetrics(t *testing.T) {
	const want = `# HELP adic_events_emitted_total Total events emitted to subscribers
# TYPE adic_events_emitted_total counter
adic_events_emitted_total 1364
# HELP adic_sse_connections Active SSE connections
# TYPE adic_sse_connections gauge
adic_sse_connections 1
# HELP adic_sse_messages_sent_total Total SSE messages sent
# TYPE adic_sse_messages_sent_total counter
adic_sse_messages_sent_total 64
# HELP adic_websocket_connections Active WebSocket connections
# TYPE adic_websocket_connections gauge
adic_websocket_connections 2
# HELP adic_websocket_messages_sent_total Total WebSocket messages sent
# TYPE adic_websocket_messages_sent_total counter
adic_websocket_messages_sent_total 1300
`
	w := get(newREST(ledger.New(1), busy, restOptions{}), "/v1/metrics")
	assert.Equal(t, want, w.Body.String())
	assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
}
