package metrics_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// A client counts by itself; here is what it would count for one event.
func ExampleCounters() {
	var c metrics.Counters
	c.Dial(fallback.WebSocket)
	c.Connected(fallback.WebSocket)
	c.Status("connected", fallback.WebSocket)
	c.Received(events.TypeTipsUpdated, 134, time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC))
	c.Handled(events.TypeTipsUpdated, 250*time.Microsecond)
	fmt.Println(c.Snapshot())
	// Output:
	// connection: connected (websocket)
	// events: 1 received (134 bytes), 1 handled, the last at 2024-01-15T10:30:00Z
	// handlers: 250µs on average, 250µs at most
	// websocket: 1 dial, 1 connected
	//   TipsUpdated              1
}

// The endpoint that a scraper reads.
func ExampleSnapshot_WritePrometheus() {
	var c metrics.Counters
	c.Dropped(events.Low)
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = c.Snapshot().WritePrometheus(w)
	}

	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, "events_dropped") {
			fmt.Print(line)
		}
	}
	// Output:
	// # HELP adic_client_events_dropped_total Events thrown away by full lanes.
	// # TYPE adic_client_events_dropped_total counter
	// adic_client_events_dropped_total{lane="high"} 0
	// adic_client_events_dropped_total{lane="medium"} 0
	// adic_client_events_dropped_total{lane="low"} 1
}

func ExampleSnapshot_json() {
	var c metrics.Counters
	c.Received(events.TypeTipsUpdated, 134, time.Now())
	text, _ := json.Marshal(c.Snapshot().ByType)
	fmt.Println(string(text))
	// Output: {"TipsUpdated":1}
}
