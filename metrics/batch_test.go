package metrics_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// A batch counts what the same calls one by one count.
func TestABatchCountsLikeTheCallsOneByOne(t *testing.T) {
	var one, batched metrics.Counters
	var in metrics.Input
	var out metrics.Output
	for i, kind := range append(events.Types(), "Gossip", "Gossip", events.TypeTipsUpdated, events.TypeGap) {
		at := noon.Add(time.Duration(-i) * time.Minute)
		took := time.Duration(i) * time.Millisecond
		one.Received(kind, i, at)
		in.Received(kind, i, at)
		one.Handled(kind, took)
		out.Handled(kind, took)
	}
	one.Filtered()
	in.Filtered()
	one.Duplicate()
	in.Duplicate()
	for lane := range events.Priority(9) {
		one.Dropped(lane)
		in.Dropped(lane)
		one.Coalesced(lane / 2)
		in.Coalesced(lane / 2)
		one.Bytes(fallback.Transport(lane), int(lane)-1)
		in.Bytes(fallback.Transport(lane), int(lane)-1)
	}
	assert.Zero(t, batched.Snapshot().Received, "nothing before it is added")
	batched.AddInput(&in)
	batched.AddOutput(&out)
	assert.Equal(t, one.Snapshot(), batched.Snapshot())

	batched.AddInput(&in)
	batched.AddOutput(&out)
	assert.Equal(t, one.Snapshot(), batched.Snapshot(), "what was added is no longer there")
}

func TestABatchOfStrangeThings(t *testing.T) {
	var c metrics.Counters
	var in metrics.Input
	var out metrics.Output
	in.Received(events.TypeTipsUpdated, -5, time.Time{})
	in.Received("", 1, time.Time{})
	out.Handled(events.TypeTipsUpdated, -time.Second)
	out.Handled("\xff", 0)
	c.AddInput(&in)
	c.AddOutput(&out)
	s := c.Snapshot()
	assert.Equal(t, uint64(1), s.EventBytes)
	assert.Equal(t, map[events.Type]uint64{events.TypeTipsUpdated: 1, "other": 1}, s.ByType)
	assert.Equal(t, map[events.Type]uint64{events.TypeTipsUpdated: 1, "?": 1}, s.HandledByType)
	assert.True(t, s.LastEventTime.IsZero())
	assert.Zero(t, s.HandlerTime.Total)
}

// Batches are added while snapshots are taken, and each of those adds up.
func TestEverySnapshotAddsUpWithBatches(t *testing.T) {
	const batches, size = 400, 32
	var c metrics.Counters
	var counting sync.WaitGroup
	queue := make(chan []events.Type, 4)
	counting.Go(func() {
		defer close(queue)
		var in metrics.Input
		for b := range batches {
			passed := make([]events.Type, 0, size)
			for i := range size {
				kind := kindOf(b*size + i)
				in.Received(kind, 10, noon)
				switch i % 8 {
				case 0:
					in.Filtered()
				case 1:
					in.Dropped(events.Low)
				case 2:
					in.Coalesced(events.High)
				default:
					passed = append(passed, kind)
				}
			}
			c.AddInput(&in)
			queue <- passed
		}
	})
	done := make(chan struct{})
	counting.Go(func() {
		defer close(done)
		var out metrics.Output
		for kinds := range queue {
			for _, kind := range kinds {
				out.Handled(kind, time.Microsecond)
			}
			c.AddOutput(&out)
		}
	})
	for counted := false; !counted; {
		select {
		case <-done:
			counted = true
		default:
			adds(t, c.Snapshot())
		}
	}
	counting.Wait()
	s := c.Snapshot()
	assert.Equal(t, uint64(batches*size), s.Received)
	assert.Equal(t, uint64(batches*size*5/8), s.Handled)
	assert.Zero(t, s.Pending)
}
