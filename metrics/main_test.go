package metrics_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests' events come.
var noon = time.Date(2024, 1, 15, 12, 0, 0, 500_000_000, time.UTC)

// anHour returns counters of a client that had a busy time.
func anHour() *metrics.Counters {
	var c metrics.Counters
	c.Dial(fallback.WebSocket)
	c.DialFailed(fallback.WebSocket, "status 503")
	c.Dial(fallback.SSE)
	c.Connected(fallback.SSE)
	c.Bytes(fallback.SSE, 1000)
	c.Dial(fallback.WebSocket)
	c.Connected(fallback.WebSocket)
	c.Promoted(fallback.SSE, fallback.WebSocket)
	c.Disconnected(fallback.SSE, "closed")
	c.Moved("https://b.example.com")
	c.Reconnected()
	c.Polled()
	c.Status("connected", fallback.WebSocket)
	for range 4 {
		c.Received(events.TypeTipsUpdated, 100, noon)
	}
	c.Received(events.TypeMessageAdded, 50, noon.Add(time.Second))
	c.Received(events.TypeMessageAdded, 50, noon)
	c.Received("Gossip", 10, noon)
	c.Handled(events.TypeTipsUpdated, 2*time.Millisecond)
	c.Handled(events.TypeMessageAdded, 4*time.Second)
	c.Slow(events.TypeMessageAdded, 4*time.Second)
	c.Dropped(events.High)
	c.Coalesced(events.Low)
	c.Filtered()
	c.Duplicate()
	c.HandlerError()
	c.HandlerPanic()
	c.DecodeError()
	c.Garbage("not JSON")
	c.Gap("overflow")
	c.Gap("disconnect")
	c.Backfilled(events.TypeMessageAdded)
	c.Deferred()
	c.RepairFailed("timeout")
	c.Backlog(metrics.Backlog{OpenGaps: 1, Owed: 2, NotFinal: 3, Unexplained: -1, Late: 5})
	return &c
}
