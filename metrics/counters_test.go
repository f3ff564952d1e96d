package metrics_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

func TestEverythingIsCounted(t *testing.T) {
	type counts = map[string]uint64
	s := anHour().Snapshot()
	buckets := s.HandlerTime.Buckets
	s.HandlerTime.Buckets = nil
	assert.Equal(t, metrics.Snapshot{
		ConnectionStatus: "connected",
		Transport:        fallback.WebSocket,
		Reconnections:    1,
		LastEventTime:    noon.Add(time.Second),
		Received:         7,
		Handled:          2,
		Dropped:          1,
		Coalesced:        1,
		Filtered:         1,
		Duplicates:       1,
		Pending:          1,
		Unknown:          1,
		EventBytes:       510,
		ByType:           map[events.Type]uint64{"TipsUpdated": 4, "MessageAdded": 2, "Gossip": 1},
		HandledByType:    map[events.Type]uint64{"TipsUpdated": 1, "MessageAdded": 1},
		DroppedByLane:    map[events.Priority]uint64{events.High: 1, events.Medium: 0, events.Low: 0},
		CoalescedByLane:  map[events.Priority]uint64{events.High: 0, events.Medium: 0, events.Low: 1},
		HandlerTime:      metrics.Durations{Count: 2, Total: 4002 * time.Millisecond, Max: 4 * time.Second},
		SlowHandlers:     map[events.Type]metrics.Slow{"MessageAdded": {Count: 1, Max: 4 * time.Second}},
		HandlerErrors:    1,
		HandlerPanics:    1,
		DecodeErrors:     1,
		Garbage:          counts{"not JSON": 1},
		Gaps:             counts{"overflow": 1, "disconnect": 1},
		Transports: map[fallback.Transport]metrics.Link{
			fallback.WebSocket: {Dials: 2, DialFailures: 1, Connects: 1, Open: 1, FailedBy: counts{"status 503": 1}, EndedBy: counts{}},
			fallback.SSE:       {Dials: 1, Connects: 1, Disconnects: 1, Bytes: 1000, FailedBy: counts{}, EndedBy: counts{"closed": 1}},
			fallback.Polling:   {FailedBy: counts{}, EndedBy: counts{}},
		},
		Promotions: []metrics.Promotion{{From: fallback.SSE, To: fallback.WebSocket, Count: 1}},
		Failovers:  counts{"https://b.example.com": 1},
		Polls:      1,
		Repair: metrics.Repair{
			Backfilled: map[events.Type]uint64{"MessageAdded": 1}, Deferred: 1, Failures: counts{"timeout": 1},
			Backlog: metrics.Backlog{OpenGaps: 1, Owed: 2, NotFinal: 3, Unexplained: -1, Late: 5},
		},
	}, s)
	assert.Equal(t, []metrics.Bucket{
		{Bound: 10 * time.Microsecond}, {Bound: 100 * time.Microsecond}, {Bound: time.Millisecond},
		{Bound: 10 * time.Millisecond, Count: 1}, {Bound: 100 * time.Millisecond, Count: 1},
		{Bound: time.Second, Count: 1}, {Bound: 10 * time.Second, Count: 2},
	}, buckets)
	assert.Equal(t, 2001*time.Millisecond, s.HandlerTime.Mean())
}

func TestZeroCountersAreReady(t *testing.T) {
	var c metrics.Counters
	s := c.Snapshot()
	assert.Equal(t, "disconnected", s.ConnectionStatus)
	assert.Zero(t, s.Received)
	assert.True(t, s.LastEventTime.IsZero())
	assert.Empty(t, s.ByType)
	assert.Len(t, s.Transports, 3)
	assert.Zero(t, s.HandlerTime.Mean())
}

func TestASnapshotNoLongerChanges(t *testing.T) {
	c := anHour()
	s := c.Snapshot()
	c.Received(events.TypeTipsUpdated, 1, noon)
	c.Garbage("not JSON")
	assert.Equal(t, uint64(4), s.ByType[events.TypeTipsUpdated])
	assert.Equal(t, uint64(1), s.Garbage["not JSON"])

	s.ByType[events.TypeTipsUpdated] = 99
	s.Transports[fallback.SSE].EndedBy["closed"] = 99
	again := c.Snapshot()
	assert.Equal(t, uint64(5), again.ByType[events.TypeTipsUpdated])
	assert.Equal(t, uint64(1), again.Transports[fallback.SSE].EndedBy["closed"])
}

// Every type of the catalogue has a counter of its own.
func TestEveryKnownTypeIsCountedByItself(t *testing.T) {
	var c metrics.Counters
	want := map[events.Type]uint64{}
	for i, kind := range events.Types() {
		for range i + 1 {
			c.Received(kind, 1, noon)
			c.Handled(kind, 0)
		}
		want[kind] = uint64(i + 1)
	}
	s := c.Snapshot()
	assert.Equal(t, want, s.ByType)
	assert.Equal(t, want, s.HandledByType)
	assert.Equal(t, uint64(54*55/2), s.Received)
	assert.Zero(t, s.Unknown)
}

// A gap is the SDK's own: it was not received, and its handling is no event's.
func TestGapsAreNoEvents(t *testing.T) {
	var c metrics.Counters
	c.Received(events.TypeGap, 100, noon)
	c.Handled(events.TypeGap, time.Second)
	s := c.Snapshot()
	assert.Zero(t, s.Received)
	assert.Zero(t, s.Handled)
	assert.Zero(t, s.EventBytes)
	assert.Zero(t, s.HandlerTime.Count)
	assert.True(t, s.LastEventTime.IsZero())
}

func TestTheLastEventIsTheLatest(t *testing.T) {
	var c metrics.Counters
	c.Received(events.TypeTipsUpdated, 1, time.Time{})
	assert.True(t, c.Snapshot().LastEventTime.IsZero(), "one without a time has none")
	c.Received(events.TypeTipsUpdated, 1, noon)
	c.Received(events.TypeTipsUpdated, 1, noon.Add(-time.Hour))
	c.Received(events.TypeTipsUpdated, 1, time.Time{})
	assert.Equal(t, noon, c.Snapshot().LastEventTime)
}

// What cannot be is counted where it does no harm.
func TestStrangeArguments(t *testing.T) {
	var c metrics.Counters
	c.Received(events.TypeTipsUpdated, -5, noon)
	c.Bytes(fallback.SSE, -5)
	c.Handled(events.TypeTipsUpdated, -time.Second)
	c.Dropped(9)
	c.Dropped(events.AnyPriority)
	c.Dial(77)
	c.Connected(77)
	c.Promoted(77, fallback.SSE)
	c.Promoted(fallback.SSE, 77)
	c.Status("lost", 77)
	s := c.Snapshot()
	assert.Zero(t, s.EventBytes)
	assert.Zero(t, s.Transports[fallback.SSE].Bytes)
	assert.Equal(t, metrics.Durations{Count: 1, Buckets: s.HandlerTime.Buckets}, s.HandlerTime)
	assert.Equal(t, map[events.Priority]uint64{events.AnyPriority: 2, events.High: 0, events.Medium: 0, events.Low: 0}, s.DroppedByLane)
	assert.Equal(t, uint64(1), s.Transports[fallback.None].Dials)
	assert.Equal(t, []metrics.Promotion{{Count: 2}}, s.Promotions)
	assert.Equal(t, fallback.None, s.Transport)
}

func TestDurationsFallIntoTheirBuckets(t *testing.T) {
	var c metrics.Counters
	for _, d := range []time.Duration{
		0, 10 * time.Microsecond, 10*time.Microsecond + 1, time.Millisecond, time.Second + 1, 10 * time.Second, time.Hour,
	} {
		c.Handled(events.TypeTipsUpdated, d)
	}
	h := c.Snapshot().HandlerTime
	var counts []uint64
	for _, b := range h.Buckets {
		counts = append(counts, b.Count)
	}
	assert.Equal(t, []uint64{2, 3, 4, 4, 4, 4, 6}, counts)
	assert.Equal(t, uint64(7), h.Count)
	assert.Equal(t, time.Hour, h.Max)
}
