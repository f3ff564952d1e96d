package refserver

import (
	"fmt"
	"net/http"
	"strings"
)

// metrics answers /v1/metrics with the five series that the guide documents, in
// the text format of Prometheus.
func (h *restHandler) metrics(w http.ResponseWriter, _ *http.Request, _ string) {
	s := h.stats()
	var b strings.Builder
	series := func(name, kind, help string, value any) {
		fmt.Fprintf(&b, "# HELP %[1]s %[3]s\n# TYPE %[1]s %[2]s\n%[1]s %[4]d\n", name, kind, help, value)
	}
	series("adic_events_emitted_total", "counter", "Total events emitted to subscribers", h.emitted(s))
	series("adic_sse_connections", "gauge", "Active SSE connections", s.SSEs)
	series("adic_sse_messages_sent_total", "counter", "Total SSE messages sent", s.SSEMessages)
	series("adic_websocket_connections", "gauge", "Active WebSocket connections", s.WebSockets)
	series("adic_websocket_messages_sent_total", "counter", "Total WebSocket messages sent", s.WebSocketMessages)
	replyBytes(w, http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
}
