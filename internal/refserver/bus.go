package refserver

import (
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// lanes is the number of priorities, each with a ring of its own.
const lanes = 3

// lane returns the ring that events of t travel in.
func lane(t events.Type) int { return int(t.Lane()) - int(events.High) }

// A frame is one event as both transports carry it, or raw bytes for one of
// them.
type frame struct {
	lane int
	name string    // what filters compare
	text []byte    // payload of the WebSocket text frame
	sse  []byte    // the bytes on an SSE stream, with the empty line
	at   time.Time // when it was published, by the server's clock

	raw Part // not 0: no event but raw bytes for these parts, whatever the filters say
	op  byte // of a raw WebSocket frame
}

// A bus hands each frame to each receiver, through one ring per lane. A sender
// never waits: what a receiver has not taken when its slot is needed again is
// lost to it, and nobody is told. A node's broadcast channels do the same.
type bus struct {
	mu        sync.Mutex
	rings     [lanes]ring
	receivers map[*receiver]struct{}
}

// A ring keeps the newest frames of a lane.
type ring struct {
	slots []*frame
	next  uint64 // number of the next frame; it goes to next % len(slots)
}

// oldest returns the number of the oldest frame that is still there.
func (r *ring) oldest() uint64 { return r.next - min(r.next, uint64(len(r.slots))) }

// A receiver is one reader of a bus.
type receiver struct {
	next [lanes]uint64 // number of the frame to take next; guarded by the bus
	wake chan struct{} // gets a token, at most one, when frames were published

	// Of the one that takes.
	last [lanes]time.Time // when the newest frame that was taken was published
	lost Loss             // what the last take that found the lane lagged has lost
}

func newBus(capacities [lanes]int) *bus {
	b := &bus{receivers: make(map[*receiver]struct{})}
	for i, n := range capacities {
		b.rings[i].slots = make([]*frame, n)
	}
	return b
}

// join returns a receiver of what is published from now on.
func (b *bus) join(now time.Time) *receiver {
	r := &receiver{wake: make(chan struct{}, 1), last: [lanes]time.Time{now, now, now}}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.rings {
		r.next[i] = b.rings[i].next
	}
	b.receivers[r] = struct{}{}
	return r
}

func (b *bus) leave(r *receiver) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.receivers, r)
}

// publish sends frames in one go: no receiver takes the first of them before the
// last is there.
func (b *bus) publish(frames ...*frame) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range frames {
		r := &b.rings[f.lane]
		r.slots[r.next%uint64(len(r.slots))] = f
		r.next++
	}
	for r := range b.receivers {
		select {
		case r.wake <- struct{}{}:
		default: // a token is there already
		}
	}
}

// What taking a frame may find.
type taken uint8

const (
	empty  taken = iota // nothing new
	ready               // a frame
	lagged              // frames are lost; the next one is the oldest that is left
)

// take returns the next frame of a lane.
func (b *bus) take(r *receiver, lane int) (*frame, taken) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ring := &b.rings[lane]
	at := r.next[lane]
	if at == ring.next {
		return nil, empty
	}
	if oldest := ring.oldest(); at < oldest {
		r.lost = Loss{
			Lane: priorities[lane], Events: int(oldest - at),
			After: r.last[lane], Before: ring.slots[oldest%uint64(len(ring.slots))].at,
		}
		r.next[lane] = oldest
		return nil, lagged
	}
	r.next[lane]++
	f := ring.slots[at%uint64(len(ring.slots))]
	r.last[lane] = f.at
	return f, ready
}
