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
	c.Received(events.TypeTipsUpdated, 1, noon)
	c.Handled(events.TypeTipsUpdated, 1)
	c.DialFailed(fallback.SSE, "timeout")
	c.Slow(events.TypeTipsUpdated, time.Second)
	var in metrics.Input
	var out metrics.Output
	for name, count := range map[string]func(){
		"known":   func() { c.Received(events.TypeTipsUpdated, 100, noon) },
		"unknown": func() { c.Received("Gossip", 100, noon) },
		"handled": func() { c.Handled(events.TypeTipsUpdated, time.Millisecond) },
		"fates":   func() { c.Filtered(); c.Duplicate(); c.Dropped(events.High) },
		"reason":  func() { c.DialFailed(fallback.SSE, "timeout") },
		"bytes":   func() { c.Bytes(fallback.SSE, 100) },
		"slow":    func() { c.Slow(events.TypeTipsUpdated, time.Second) },
		"batch":   func() { fill(&in, &out); c.AddInput(&in); c.AddOutput(&out) },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, count), name)
	}
}

// fill collects a few of everything.
func fill(in *metrics.Input, out *metrics.Output) {
	for _, kind := range []events.Type{events.TypeTipsUpdated, events.TypeMessageAdded, "Gossip"} {
		in.Bytes(fallback.WebSocket, 120)
		in.Received(kind, 100, noon)
		out.Handled(kind, time.Millisecond)
	}
	in.Filtered()
	in.Duplicate()
	in.Dropped(events.High)
	in.Coalesced(events.Low)
}

// kinds are types in turn, of which batches are made.
var kinds = [4]events.Type{
	events.TypeMessageAdded, events.TypeMessageFinalized, events.TypeEnergyUpdated, events.TypeTipsUpdated,
}

// BenchmarkInput is an event of a batch of 64, its part of the adding included.
func BenchmarkInput(b *testing.B) {
	var c metrics.Counters
	var in metrics.Input
	b.ReportAllocs()
	for i := range b.N {
		in.Bytes(fallback.WebSocket, 120)
		in.Received(kinds[i%len(kinds)], 100, noon)
		if i%64 == 63 {
			c.AddInput(&in)
		}
	}
}

// BenchmarkOutput is the same of an event that was handled.
func BenchmarkOutput(b *testing.B) {
	var c metrics.Counters
	var out metrics.Output
	b.ReportAllocs()
	for i := range b.N {
		out.Handled(kinds[i%len(kinds)], time.Microsecond)
		if i%64 == 63 {
			c.AddOutput(&out)
		}
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
