package client

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A queue lies between the reader and the handlers: three bounded lanes, served
// in order of priority, beside them the changes of state and the gaps, which
// are never dropped.
//
// Every entry has a sequence number. A gap is handed out when all entries of
// its lanes with lower numbers are gone, and holds those with higher numbers
// back: so it comes in the order of each lane that it speaks of.
//
// The zero queue is not usable; make one with newQueue. All methods may be
// called concurrently; push by one goroutine, pop by another.
type queue struct {
	wake chan struct{} // holds a token while there may be something to pop

	mu       sync.Mutex // guards all below
	lanes    [3]ring
	gaps     []placed
	changes  []Change
	overflow [3]*episode // the open one of each lane
	number   uint64      // of the last episode
	seq      uint64
	closed   bool
}

// An item is what pop returns: one of the three is set.
type item struct {
	change *Change
	gap    *events.Gap
	env    events.Envelope
}

// A placed gap is one with its place in the order.
type placed struct {
	seq uint64
	gap events.Gap
}

// An episode is a gap that is still open.
type episode struct {
	gap  events.Gap
	last time.Time // when the newest lost event had been received
}

func newQueue(bounds [3]int) *queue {
	q := &queue{wake: make(chan struct{}, 1)}
	for i, n := range bounds {
		q.lanes[i].bound = n
	}
	return q
}

// push adds env to its lane. If the lane is full its oldest event goes, and
// dropped says so; opened, that this was the first of an episode.
func (q *queue) push(env events.Envelope) (dropped, opened bool) {
	i := lane(env.Type.Lane())
	q.mu.Lock()
	r := &q.lanes[i]
	if r.full() {
		opened = q.lose(i, r.pop())
		dropped = true
	} else if r.len() <= r.bound/2 {
		q.recover(i)
	}
	q.seq++
	r.push(entry{env: env, seq: q.seq})
	q.mu.Unlock()
	q.signal()
	return dropped, opened
}

// lose counts an event lost from lane i, and opens the episode if it is the
// first. The notice takes the place of the lost event.
func (q *queue) lose(i int, lost entry) (opened bool) {
	e := q.overflow[i]
	opened = e == nil
	if opened {
		q.number++
		e = &episode{gap: events.Gap{
			Number: q.number, Stage: events.GapOpened, Cause: events.GapByOverflow,
			Lane: priorities[i], From: lost.env.Received,
		}}
		q.overflow[i] = e
		q.place(placed{seq: lost.seq, gap: e.gap})
	}
	e.gap.Dropped++
	e.last = lost.env.Received
	return opened
}

// recover closes the overflow episode of lane i, if one is open. All that was
// lost came before the oldest event that is left, and so does the notice.
func (q *queue) recover(i int) {
	e := q.overflow[i]
	if e == nil {
		return
	}
	q.overflow[i] = nil
	e.gap.Stage, e.gap.To = events.GapClosed, e.last
	if head, ok := q.lanes[i].head(); ok {
		q.place(placed{seq: head, gap: e.gap})
		return
	}
	q.announce(e.gap)
}

// open begins an episode of all lanes and returns it for shut.
func (q *queue) open(cause events.GapCause, from time.Time) events.Gap {
	q.mu.Lock()
	q.number++
	g := events.Gap{Number: q.number, Stage: events.GapOpened, Cause: cause, From: from}
	q.announce(g)
	q.mu.Unlock()
	q.signal()
	return g
}

// shut ends the episode that open began.
func (q *queue) shut(g events.Gap, to time.Time) {
	g.Stage, g.To = events.GapClosed, to
	q.mu.Lock()
	q.announce(g)
	q.mu.Unlock()
	q.signal()
}

func (q *queue) announce(g events.Gap) {
	q.seq++
	q.place(placed{seq: q.seq, gap: g})
}

// place keeps the gaps sorted by number, later ones behind equal ones.
func (q *queue) place(n placed) {
	at, _ := slices.BinarySearchFunc(q.gaps, n.seq+1, func(have placed, seq uint64) int {
		return cmp.Compare(have.seq, seq)
	})
	q.gaps = slices.Insert(q.gaps, at, n)
}

// tell queues a change of state, ahead of all events.
func (q *queue) tell(c Change) {
	q.mu.Lock()
	q.changes = append(q.changes, c)
	q.mu.Unlock()
	q.signal()
}

// close lets pop end once everything has been popped. A lane's open overflow is
// closed, so that its count is told.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	for i := range q.overflow {
		q.recover(i)
	}
	q.mu.Unlock()
	q.signal()
}

// discard empties the lanes and returns how many events of each are lost.
func (q *queue) discard() (left [3]int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.lanes {
		left[i] = q.lanes[i].len()
		q.lanes[i] = ring{bound: q.lanes[i].bound}
	}
	q.gaps, q.changes = nil, nil
	return left
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pop waits for the next item. ok is false when the queue is closed and empty.
func (q *queue) pop() (it item, ok bool) {
	for {
		q.mu.Lock()
		it, ok = q.take()
		closed := q.closed
		q.mu.Unlock()
		if ok || closed {
			return it, ok
		}
		<-q.wake
	}
}

// take returns what is first: changes of state, then a gap that is due, then
// the most urgent lane that no gap holds back.
func (q *queue) take() (item, bool) {
	if len(q.changes) > 0 {
		c := q.changes[0]
		q.changes = q.changes[1:]
		return item{change: &c}, true
	}
	due, limits := q.due()
	if due >= 0 {
		gap := q.gaps[due].gap
		q.gaps = slices.Delete(q.gaps, due, due+1)
		return item{gap: &gap}, true
	}
	for i := range q.lanes {
		if head, ok := q.lanes[i].head(); ok && head < limits[i] {
			env := q.lanes[i].pop().env
			if q.lanes[i].len() == 0 {
				q.recover(i)
			}
			return item{env: env}, true
		}
	}
	return item{}, false
}

// due returns the index of the first gap that nothing before it holds back, -1
// if there is none, and for each lane the number that its entries must be below.
func (q *queue) due() (index int, limits [3]uint64) {
	const unlimited = ^uint64(0)
	limits = [3]uint64{unlimited, unlimited, unlimited}
	for n := range q.gaps {
		g := &q.gaps[n]
		due := true
		for i, p := range priorities {
			if g.gap.Lane != events.AnyPriority && g.gap.Lane != p {
				continue
			}
			if head, ok := q.lanes[i].head(); ok && head < g.seq || limits[i] != unlimited {
				due = false
			}
			limits[i] = min(limits[i], g.seq)
		}
		if due {
			return n, limits
		}
		if g.gap.Lane == events.AnyPriority {
			break // it holds back all that comes after it
		}
	}
	return -1, limits
}
