package metrics

import (
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// padding keeps what two goroutines write off each other's cache lines.
type padding [64]byte

// Counters accumulates counts. The zero value is ready to use. All methods are
// safe for concurrent use, take no lock except to add a label that is new, and
// allocate nothing otherwise. Counters must not be copied after first use.
type Counters struct {
	in  arrivals // written by those who read from connections
	_   padding
	out returns // written by those who call handlers
	_   padding

	unknown labels[flow] // types without a slot
	links   [fallback.Polling + 1]link
	jumps   [fallback.Polling + 1][fallback.Polling + 1]atomic.Uint64 // promotions, from and to
	moves   tally                                                     // to another endpoint
	gaps    tally
	slow    labels[slowness]
	repair  repairs
	status  atomic.Pointer[status]

	reconnections, polls atomic.Uint64
}

// arrivals are what is known of an event before it is queued.
type arrivals struct {
	received             slots
	bytes                atomic.Uint64
	last                 atomic.Int64 // Unix nanoseconds; 0 if there was none
	filtered, duplicates atomic.Uint64
	dropped, coalesced   lanes
	garbage              tally
}

// lanes are a count for each lane; the first is that of what is no known lane.
type lanes [events.Low + 1]atomic.Uint64

// returns are what is known of an event when its handlers have returned.
type returns struct {
	handled                      slots
	time                         histogram
	errors, panics, decodeErrors atomic.Uint64
}

// flow counts the events of a type without a slot.
type flow struct{ received, handled atomic.Uint64 }

// status is the state of the connection.
type status struct {
	name      string
	transport fallback.Transport
}

// Received counts an event frame of so many bytes that was read at this time,
// whatever becomes of it. It must be called before the event is passed on. Gaps
// are not received and are not counted.
func (c *Counters) Received(t events.Type, bytes int, at time.Time) {
	if t == events.TypeGap {
		return
	}
	if !at.IsZero() {
		raise(&c.in.last, at.UnixNano())
	}
	c.in.bytes.Add(uint64(max(bytes, 0)))
	if i, ok := slotOf(t); ok {
		c.in.received.add(i, 1)
		return
	}
	c.unknown.at(string(t)).received.Add(1)
}

// Filtered counts an event that no subscription selects.
func (c *Counters) Filtered() { c.in.filtered.Add(1) }

// Duplicate counts a fact that was thrown away because it had been passed on
// before.
func (c *Counters) Duplicate() { c.in.duplicates.Add(1) }

// Dropped counts an event that a full lane threw away.
func (c *Counters) Dropped(lane events.Priority) { c.in.dropped[laneOf(lane)].Add(1) }

// Coalesced counts an event that a later one of its type took the place of, in a
// lane that keeps the latest.
func (c *Counters) Coalesced(lane events.Priority) { c.in.coalesced[laneOf(lane)].Add(1) }

// laneOf returns lane, AnyPriority for what is no lane.
func laneOf(lane events.Priority) events.Priority {
	if lane > events.Low {
		return events.AnyPriority
	}
	return lane
}

// Garbage counts a frame that could not be understood, by a short word for the
// reason.
func (c *Counters) Garbage(reason string) { c.in.garbage.count(reason) }

// Handled counts an event whose handlers, if it had any, have all returned, and the
// time that they took together. It is called once for an event, however many
// consumers there are. Gaps are not counted.
func (c *Counters) Handled(t events.Type, took time.Duration) {
	if t == events.TypeGap {
		return
	}
	if i, ok := slotOf(t); ok {
		c.out.handled.add(i, 1)
	} else {
		c.unknown.at(string(t)).handled.Add(1)
	}
	c.out.time.observe(took)
}

// HandlerError counts a handler that returned an error.
func (c *Counters) HandlerError() { c.out.errors.Add(1) }

// HandlerPanic counts a handler that panicked.
func (c *Counters) HandlerPanic() { c.out.panics.Add(1) }

// DecodeError counts an event whose payload was not what its type promises.
func (c *Counters) DecodeError() { c.out.decodeErrors.Add(1) }

// Gap counts an episode in which events may have been missed, by its cause.
func (c *Counters) Gap(cause string) { c.gaps.count(cause) }

// raise sets v to n if that is more.
func raise(v *atomic.Int64, n int64) {
	for {
		old := v.Load()
		if n <= old || v.CompareAndSwap(old, n) {
			return
		}
	}
}
