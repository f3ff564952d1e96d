package metrics_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// adds asserts what must hold in every snapshot.
func adds(t *testing.T, s metrics.Snapshot) {
	t.Helper()
	var received, handled, dropped, coalesced uint64
	for kind, n := range s.ByType {
		received += n
		require.LessOrEqual(t, s.HandledByType[kind], n, "%s", kind)
	}
	for kind, n := range s.HandledByType {
		handled += n
		require.Contains(t, s.ByType, kind)
	}
	for _, n := range s.DroppedByLane {
		dropped += n
	}
	for _, n := range s.CoalescedByLane {
		coalesced += n
	}
	require.Equal(t, received, s.Received)
	require.Equal(t, handled, s.Handled)
	require.Equal(t, dropped, s.Dropped)
	require.Equal(t, coalesced, s.Coalesced)
	require.LessOrEqual(t, s.Unknown, s.Received)
	require.Equal(t, s.Received, s.Handled+s.Dropped+s.Coalesced+s.Filtered+s.Duplicates+s.Pending)
	require.LessOrEqual(t, s.HandlerTime.Count, s.Handled)
	require.Equal(t, s.Received == 0, s.LastEventTime.IsZero())

	below := uint64(0)
	for _, b := range s.HandlerTime.Buckets {
		require.GreaterOrEqual(t, b.Count, below)
		below = b.Count
	}
	require.GreaterOrEqual(t, s.HandlerTime.Count, below)
	for transport, k := range s.Transports {
		require.GreaterOrEqual(t, k.Dials, k.Connects+k.DialFailures, "%s", transport)
		require.Equal(t, k.Connects, k.Disconnects+k.Open, "%s", transport)
	}
}

// Readers, handlers and connections count as fast as they can, while snapshots are
// taken as fast as they can. Each of them adds up, and the last one has everything.
func TestEverySnapshotAddsUp(t *testing.T) {
	const readers, each = 4, 5_000
	var c metrics.Counters
	var counting, all sync.WaitGroup
	for id := range readers {
		queue := make(chan events.Type, 100)
		counting.Go(func() {
			defer close(queue)
			for i := range each {
				kind := kindOf(i)
				c.Received(kind, 10, noon)
				switch i % 10 {
				case 0:
					c.Filtered()
				case 1:
					c.Duplicate()
				case 2:
					c.Dropped(events.Priority(i/10) % 4)
				default:
					queue <- kind
				}
			}
		})
		counting.Go(func() {
			for kind := range queue {
				c.Handled(kind, time.Duration(len(kind))*time.Microsecond)
				connect(&c, fallback.Transport(id)%4, len(kind))
			}
		})
	}
	done := make(chan struct{})
	all.Go(func() {
		counting.Wait()
		close(done)
	})
	for counted := false; !counted; {
		select {
		case <-done:
			counted = true
		default:
			adds(t, c.Snapshot())
		}
	}
	all.Wait()

	s := c.Snapshot()
	adds(t, s)
	assert.Equal(t, uint64(readers*each), s.Received)
	assert.Equal(t, uint64(readers*each*7/10), s.Handled)
	assert.Equal(t, s.Handled, s.HandlerTime.Count)
	assert.Zero(t, s.Pending)
	assert.Equal(t, uint64(readers*each*10), s.EventBytes)
}

// kindOf returns all known types and more unknown ones than there are labels.
func kindOf(i int) events.Type {
	kinds := events.Types()
	if n := i % (len(kinds) + 100); n >= len(kinds) {
		return events.Type(fmt.Sprintf("Unknown%d", n))
	}
	return kinds[i%(len(kinds)+100)]
}

// connect counts a connection that fails, or opens and ends.
func connect(c *metrics.Counters, t fallback.Transport, n int) {
	c.Dial(t)
	if n%2 == 0 {
		c.DialFailed(t, fmt.Sprintf("reason %d", n))
		return
	}
	c.Connected(t)
	c.Disconnected(t, fmt.Sprintf("reason %d", n))
}
