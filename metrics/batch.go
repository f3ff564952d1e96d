package metrics

import (
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// An Input collects what Counters counts of events before they are queued, without
// an atomic operation for each, until AddInput takes it. Its methods count like
// those of Counters with the same name. The zero value is empty and ready to use. It
// is for one goroutine, and as large as its largest batch had unknown types.
type Input struct {
	received   perType
	others     []events.Type // received, without a slot
	bytes      uint64
	last       int64
	filtered   uint64
	duplicates uint64
	dropped    [events.Low + 1]uint32
	coalesced  [events.Low + 1]uint32
	links      [fallback.Polling + 1]uint64 // bytes
}

// Received counts an event frame of so many bytes that was read at this time. The
// input must be added before the event is passed on.
func (in *Input) Received(t events.Type, bytes int, at time.Time) {
	if t == events.TypeGap {
		return
	}
	if !at.IsZero() {
		in.last = max(in.last, at.UnixNano())
	}
	in.bytes += uint64(max(bytes, 0))
	if i, ok := slotOf(t); ok {
		in.received.count(i)
		return
	}
	in.others = append(in.others, t)
}

// Filtered counts an event that no subscription selects.
func (in *Input) Filtered() { in.filtered++ }

// Duplicate counts a fact that was thrown away because it had been passed on
// before.
func (in *Input) Duplicate() { in.duplicates++ }

// Dropped counts an event that a full lane threw away.
func (in *Input) Dropped(lane events.Priority) { in.dropped[laneOf(lane)]++ }

// Coalesced counts an event that a later one of its type took the place of.
func (in *Input) Coalesced(lane events.Priority) { in.coalesced[laneOf(lane)]++ }

// Bytes counts n bytes that came over t, event frames or not.
func (in *Input) Bytes(t fallback.Transport, n int) { in.links[transport(t)] += uint64(max(n, 0)) }

// AddInput adds what in has collected, and empties it. Like all that is counted, it
// is in a Snapshot whole or in part, in the order that lets a Snapshot add up.
func (c *Counters) AddInput(in *Input) {
	if in.last != 0 {
		raise(&c.in.last, in.last)
		in.last = 0
	}
	if in.bytes != 0 {
		c.in.bytes.Add(in.bytes)
		in.bytes = 0
	}
	in.received.flush(&c.in.received)
	for _, t := range in.others {
		c.unknown.at(string(t)).received.Add(1)
	}
	clear(in.others) // they may be pieces of something large
	in.others = in.others[:0]
	// What became of the events comes behind them.
	if in.filtered != 0 {
		c.in.filtered.Add(in.filtered)
		in.filtered = 0
	}
	if in.duplicates != 0 {
		c.in.duplicates.Add(in.duplicates)
		in.duplicates = 0
	}
	c.in.dropped.add(&in.dropped)
	c.in.coalesced.add(&in.coalesced)
	for t, n := range in.links {
		if n != 0 {
			c.links[t].bytes.Add(n)
			in.links[t] = 0
		}
	}
}

// add adds the counts of a batch and empties them.
func (l *lanes) add(counts *[events.Low + 1]uint32) {
	for lane, n := range counts {
		if n != 0 {
			l[lane].Add(uint64(n))
			counts[lane] = 0
		}
	}
}

// An Output collects what Counters counts of events whose handlers have returned,
// without an atomic operation for each, until AddOutput takes it. The zero value is
// empty and ready to use. It is for one goroutine, and as large as its largest batch
// had unknown types.
type Output struct {
	handled perType
	others  []events.Type // handled, without a slot
	time    spans
}

// Handled counts an event whose handlers have all returned, and the time that they
// took together, like Counters.Handled.
func (out *Output) Handled(t events.Type, took time.Duration) {
	if t == events.TypeGap {
		return
	}
	if i, ok := slotOf(t); ok {
		out.handled.count(i)
	} else {
		out.others = append(out.others, t)
	}
	out.time.observe(took)
}

// AddOutput adds what out has collected, and empties it.
func (c *Counters) AddOutput(out *Output) {
	out.handled.flush(&c.out.handled)
	for _, t := range out.others {
		c.unknown.at(string(t)).handled.Add(1)
	}
	clear(out.others)
	out.others = out.others[:0]
	c.out.time.add(&out.time)
}
