package client

import (
	"sync"

	"github.com/adic/adic-go/subscription/events"
)

// A queue lies between the reader and the handlers: three bounded lanes for
// what the stream says, a backlog for facts that come late (backlog.go), and
// beside them the changes of state and the gaps (gaps.go), which are never
// dropped.
//
// The zero queue is not usable; make one with newQueue. All methods may be
// called concurrently; push by one goroutine, pop by another.
type queue struct {
	wake   chan struct{} // holds a token while there may be something to pop
	ledger *ledger

	mu       sync.Mutex // guards all below
	lanes    [3]ring
	back     backlog
	gaps     []placed
	changes  []Change
	overflow [3]*episode // the open one of each lane
	seq      uint64
	turn     bool // the backlog's, rather than that of the medium and low lanes
	closed   bool
	alone    bool // finalizations do not wait for their messages

	epochs  []epoch // the last one is the present; a wait for all that is queued begins another
	current uint64  // epoch of the entry that pop returned last; 0: none
}

// An item is what pop returns: a change of state, a gap, or else an entry.
type item struct {
	change *Change
	gap    *events.Gap
	entry  entry
}

// An epoch is the time between two waits for all that is queued.
type epoch struct {
	number  uint64
	left    int           // entries that came in it and are not handled
	handled chan struct{} // closed when none is left, here and before
}

func newEpoch(number uint64) epoch { return epoch{number: number, handled: make(chan struct{})} }

func newQueue(bounds [3]int) *queue {
	q := &queue{
		wake: make(chan struct{}, 1), ledger: &ledger{}, epochs: []epoch{newEpoch(1)},
		back: backlog{room: make(chan struct{})},
	}
	for i, n := range bounds {
		q.lanes[i].bound = n
	}
	q.back.list.bound = 3 * maxOwed
	return q
}

// A fate says what became of an event that had to make room.
type fate struct {
	lost   *events.Envelope // it left its lane; nil: there was room
	owed   bool             // it waits in the backlog
	opened bool             // it was the first of an episode
}

// push adds env to its lane. If the lane is full its oldest event goes: a fact
// into the backlog, anything else for good.
func (q *queue) push(env events.Envelope) (f fate) {
	i := lane(env.Type.Lane())
	q.mu.Lock()
	r := &q.lanes[i]
	if r.full() {
		f = q.lose(i, r.pop())
	} else if r.len() <= r.bound/2 {
		q.recover(i)
	}
	q.seq++
	r.push(q.arrive(env))
	q.mu.Unlock()
	q.signal()
	return f
}

// arrive makes an entry of env.
func (q *queue) arrive(env events.Envelope) entry {
	return entry{env: env, seq: q.seq, epoch: q.joins()}
}

// joins counts another entry of the present epoch, and returns that.
func (q *queue) joins() uint64 {
	now := &q.epochs[len(q.epochs)-1]
	now.left++
	return now.number
}

// gone notes that an entry was handled, or that it never will be.
func (q *queue) gone(number uint64) {
	for i := range q.epochs {
		if q.epochs[i].number == number {
			q.epochs[i].left--
			break
		}
	}
	for len(q.epochs) > 1 && q.epochs[0].left == 0 {
		close(q.epochs[0].handled)
		q.epochs = q.epochs[1:]
	}
}

// all returns a channel that is closed when everything that is queued now has
// been handled.
func (q *queue) all() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	last := q.epochs[len(q.epochs)-1]
	if last.left == 0 && len(q.epochs) > 1 {
		return q.epochs[len(q.epochs)-2].handled
	}
	q.epochs = append(q.epochs, newEpoch(last.number+1))
	q.gone(0) // nothing may be left
	return last.handled
}

// tell queues a change of state, ahead of all events.
func (q *queue) tell(c Change) {
	q.mu.Lock()
	q.changes = append(q.changes, c)
	q.mu.Unlock()
	q.signal()
}

// close lets pop end once everything has been popped. A lane's open overflow is
// closed, so that its count is told, and nothing waits any more for what will not
// come.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	for id, e := range q.back.held {
		delete(q.back.held, id)
		q.back.push(e)
	}
	for i := range q.overflow {
		q.recover(i)
	}
	q.mu.Unlock()
	q.signal()
}

// discard empties the queue and returns how many events of each lane are lost;
// facts of the backlog count to their lane.
func (q *queue) discard() (left [3]int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.lanes {
		left[i] = q.lanes[i].len()
		q.lanes[i] = ring{bound: q.lanes[i].bound}
	}
	left[lane(events.High)] += q.back.clear() // both facts travel there
	q.gaps, q.changes = nil, nil
	return left
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pop waits for the next item; that which it returned before has been handled.
// ok is false when the queue is closed and empty.
func (q *queue) pop() (it item, ok bool) {
	q.mu.Lock()
	q.finish()
	q.mu.Unlock()
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

// finish notes that the entry which was taken last is handled.
func (q *queue) finish() {
	if q.current != 0 {
		q.gone(q.current)
		q.current, q.back.inHand = 0, 0
	}
}

// take returns what is first: changes of state, then a gap that is due, then
// the high lane, as far as no gap holds it back; then the backlog takes turns
// with the two other lanes, so that neither waits for the other.
func (q *queue) take() (item, bool) {
	if len(q.changes) > 0 {
		c := q.changes[0]
		q.changes = q.changes[1:]
		return item{change: &c}, true
	}
	due, limits := q.due()
	if due >= 0 {
		return q.takeGap(due), true
	}
	if it, ok := q.takeLane(0, limits); ok {
		return it, ok
	}
	if q.turn = !q.turn; q.turn {
		if it, ok := q.takeBack(); ok {
			return it, ok
		}
	}
	for i := 1; i < len(q.lanes); i++ {
		if it, ok := q.takeLane(i, limits); ok {
			return it, ok
		}
	}
	return q.takeBack()
}

// takeLane takes the oldest entry of a lane, unless a gap holds it back.
func (q *queue) takeLane(i int, limits [3]uint64) (item, bool) {
	head, ok := q.lanes[i].head()
	if !ok || head >= limits[i] {
		return item{}, false
	}
	e := q.lanes[i].pop()
	if q.lanes[i].len() == 0 {
		q.recover(i)
	}
	return q.takes(e), true
}

func (q *queue) takes(e entry) item {
	q.current = e.epoch
	if q.back.waiting {
		q.back.opened()
	}
	return item{entry: e}
}
