package refserver

import (
	"fmt"
	"net/http"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

func (h *restHandler) status(w http.ResponseWriter, _ *http.Request, _ string) {
	c := h.ledger.Counts()
	reply(w, struct {
		Messages int `json:"message_count"`
		Tips     int `json:"tip_count"`
		Final    int `json:"finalized_count"`
		Pending  int `json:"pending_finality"`
	}{c.Messages, c.Tips, c.Final, c.Pending})
}

// storedFinals is the finalized_count of the store: a node on its default store
// writes none where it counts them.
func (h *restHandler) storedFinals(c ledger.Counts) int {
	if h.options.memoryStore {
		return c.Final
	}
	return 0
}

// health answers /v1/health: "healthy", whatever the node does.
func (h *restHandler) health(w http.ResponseWriter, _ *http.Request, _ string) {
	c, s := h.ledger.Counts(), h.stats()
	type consensus struct {
		Rate    string `json:"finality_rate"`
		Final   int    `json:"finalized_count"`
		Pending int    `json:"pending_count"`
		Status  string `json:"status"`
		Total   int    `json:"total_messages"` // of those that finality has seen
	}
	type streaming struct {
		Active     int    `json:"active_connections"`
		SSEs       int    `json:"sse_connections"`
		Status     string `json:"status"`
		WebSockets int    `json:"websocket_connections"`
	}
	type network struct {
		Note   string `json:"note"`
		Status string `json:"status"`
	}
	type storage struct {
		Final    int    `json:"finalized_count"`
		Messages int    `json:"message_count"`
		Status   string `json:"status"`
		Tips     int    `json:"tip_count"`
	}
	type components struct {
		Consensus consensus `json:"consensus"`
		Streaming streaming `json:"event_streaming"`
		Network   network   `json:"network"`
		Storage   storage   `json:"storage"`
	}
	const healthy = "healthy"
	total, rate := c.Final+c.Pending, 0.0
	if total > 0 {
		rate = 100 * float64(c.Final) / float64(total)
	}
	reply(w, struct {
		Components components `json:"components"`
		Status     string     `json:"status"`
		Timestamp  string     `json:"timestamp"`
		Version    string     `json:"version"`
	}{
		components{
			consensus{fmt.Sprintf("%.2f%%", rate), c.Final, c.Pending, healthy, total},
			streaming{s.WebSockets + s.SSEs, s.SSEs, healthy, s.WebSockets},
			network{"Basic connectivity check", healthy},
			storage{h.storedFinals(c), c.Messages, healthy, c.Tips},
		},
		healthy, h.timestamp(), h.options.version,
	})
}

// healthStreaming answers /v1/health/streaming, which probes nothing.
func (h *restHandler) healthStreaming(w http.ResponseWriter, _ *http.Request, _ string) {
	s := h.stats()
	type streaming struct {
		Enabled   bool `json:"enabled"`
		WebSocket bool `json:"websocket_enabled"`
		SSE       bool `json:"sse_enabled"`
	}
	type metrics struct {
		Emitted           uint64 `json:"events_emitted_total"`
		WebSockets        int    `json:"websocket_connections"`
		SSEs              int    `json:"sse_connections"`
		WebSocketMessages uint64 `json:"websocket_messages_sent"`
		SSEMessages       uint64 `json:"sse_messages_sent"`
	}
	ws, sse := !h.options.websocketOff, !h.options.sseOff
	reply(w, struct {
		Status    string    `json:"status"`
		Streaming streaming `json:"event_streaming"`
		Metrics   metrics   `json:"metrics"`
	}{
		"healthy",
		streaming{ws || sse, ws, sse},
		metrics{h.emitted(s), s.WebSockets, s.SSEs, s.WebSocketMessages, s.SSEMessages},
	})
}

// emitted is the count that the dialect calls the emitted events.
func (h *restHandler) emitted(s Stats) uint64 {
	if h.options.guide {
		return s.Emitted
	}
	return s.Delivered
}
