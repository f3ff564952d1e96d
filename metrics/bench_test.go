package metrics_test

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

func TestCountingAllocatesNothing(t *testing.T) {
	var c metrics.Counters
	c.Received("Gossip", 1, noon) // the first of a name makes its cell
	c.DialFailed(fallback.SSE, "timeout")
	for name, count := range map[string]func(){
		"known":   func() { c.Received(events.TypeTipsUpdated, 100, noon) },
		"unknown": func() { c.Received("Gossip", 100, noon) },
		"handled": func() { c.Handled(events.TypeTipsUpdated, time.Millisecond) },
		"fates":   func() { c.Filtered(); c.Duplicate(); c.Dropped(events.High) },
		"reason":  func() { c.DialFailed(fallback.SSE, "timeout") },
		"bytes":   func() { c.Bytes(fallback.SSE, 100) },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, count), name)
	}
}

func BenchmarkReceived(b *testing.B) {
	var c metrics.Counters
	for _, kind := range []events.Type{events.TypeTipsUpdated, "Gossip"} {
		b.Run(string(kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Received(kind, 100, noon)
			}
		})
	}
}

func BenchmarkHandled(b *testing.B) {
	var c metrics.Counters
	b.ReportAllocs()
	for b.Loop() {
		c.Handled(events.TypeTipsUpdated, time.Millisecond)
	}
}

// One goroutine reads while another handles, as in a client.
func BenchmarkReceivedWhileHandled(b *testing.B) {
	var c metrics.Counters
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				c.Handled(events.TypeTipsUpdated, time.Millisecond)
			}
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		c.Received(events.TypeTipsUpdated, 100, noon)
	}
	close(stop)
	<-done
}

func BenchmarkSnapshot(b *testing.B) {
	c := anHour()
	b.ReportAllocs()
	for b.Loop() {
		_ = c.Snapshot()
	}
}

func BenchmarkWritePrometheus(b *testing.B) {
	s := anHour().Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		_ = s.WritePrometheus(io.Discard)
	}
}
