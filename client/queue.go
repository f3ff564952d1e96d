package client

import (
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A queue lies between the reader and the handlers: three bounded lanes for
// what the stream says, a backlog for facts that come late (backlog.go), and
// beside them the changes of state and the gaps (gaps.go), which are never
// dropped. The reader pushes a batch at a time and the handler goroutine takes a
// hand at a time (hand.go), so that neither needs a lock for each event. There
// is a handler goroutine only while there is something to handle.
//
// The zero queue is not usable; make one with newQueue. All methods may be
// called concurrently; push by one goroutine, next by the handler goroutine.
type queue struct {
	ledger *ledger
	aging  time.Duration // what waits for longer takes turns with the high lane; 0: strict priority
	hand   hand
	idle   chan struct{} // closed when the queue is closed, empty, and nothing is being handled

	mu       sync.Mutex // guards all below
	serve    func()     // begins a handler goroutine; nil before Run
	serving  bool       // there is one
	lent     loans      // entries that are handled beside those in the hand
	lanes    [3]ring
	back     backlog
	gaps     []placed
	changes  []Change
	overflow [3]*episode   // the open one of each lane
	room     chan struct{} // closed when a lane that blocks may have room; nil if nobody waits for that
	seq      uint64
	turn     bool // the backlog's, rather than that of the medium and low lanes
	aged     bool // the turn of what waits for too long
	closed   bool
	ending   bool // lanes that block do not any more
	alone    bool // finalizations do not wait for their messages

	epochs []epoch // the last one is the present; a wait for all that is queued begins another
}

// An item is what next returns: a change of state, a gap, or else what is in the
// hand.
type item struct {
	change *Change
	gap    *events.Gap
}

// An epoch is the time between two waits for all that is queued.
type epoch struct {
	number  uint64
	left    int           // entries that came in it and are not handled
	handled chan struct{} // closed when none is left, here and before
}

func newEpoch(number uint64) epoch { return epoch{number: number, handled: make(chan struct{})} }

func newQueue(lanes [3]Lane) *queue {
	q := &queue{
		idle: make(chan struct{}), ledger: &ledger{}, epochs: []epoch{newEpoch(1)},
		back: backlog{room: make(chan struct{})},
	}
	for i, l := range lanes {
		q.lanes[i] = ring{lane: l}
	}
	q.back.list.lane.Events = 3 * maxOwed
	return q
}

// push adds entries to their lanes, in order. It returns those for which a lane
// that blocks has no room, and adds to fates what became of events that had to
// make room.
func (q *queue) push(batch []entry, fates []fate) (blocked []entry, _ []fate) {
	q.mu.Lock()
	for i := range batch {
		var ok bool
		if fates, ok = q.admit(&batch[i], fates); !ok {
			blocked = batch[i:]
			for n := range blocked { // they have been received
				q.enter(&blocked[n])
			}
			break
		}
	}
	q.begin()
	q.mu.Unlock()
	return blocked, fates
}

// add appends an entry to lane i, where there is room.
func (q *queue) add(i int, e *entry) {
	q.seq++
	e.seq = q.seq
	q.enter(e)
	q.lanes[i].push(e)
	q.hand.overtakenBy(i)
}

// enter counts e among the entries of the present epoch, unless it is one of another
// already.
func (q *queue) enter(e *entry) {
	if e.epoch == 0 {
		e.epoch = q.joins()
	}
}

// joins counts another entry of the present epoch, and returns that.
func (q *queue) joins() uint64 {
	now := &q.epochs[len(q.epochs)-1]
	now.left++
	return now.number
}

// gone notes that n entries were handled, or that they never will be.
func (q *queue) gone(number uint64, n int) {
	for i := range q.epochs {
		if q.epochs[i].number == number {
			q.epochs[i].left -= n
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
	last := q.epochs[len(q.epochs)-1]
	if last.left == 0 && len(q.epochs) > 1 {
		last = q.epochs[len(q.epochs)-2]
	} else {
		q.epochs = append(q.epochs, newEpoch(last.number+1))
		q.gone(0, 0) // nothing may be left
	}
	q.mu.Unlock()
	q.disturb() // what has been handled of the hand is not known yet
	return last.handled
}

// mostChanges is how many changes of state wait for a handler that does not return.
const mostChanges = 256

// tell queues a change of state, ahead of all events. If too many wait, the last of
// them leads to where c does.
func (q *queue) tell(c Change) {
	q.mu.Lock()
	if n := len(q.changes); n < mostChanges {
		q.changes = append(q.changes, c)
	} else {
		c.From = q.changes[n-1].From
		q.changes[n-1] = c
	}
	q.mu.Unlock()
	q.disturb()
}

// disturb has the handler goroutine look at the queue, after the present event.
func (q *queue) disturb() {
	q.hand.urgent.Store(true)
	q.mu.Lock()
	q.begin()
	q.mu.Unlock()
}

// starts lets there be handler goroutines, which serve begins.
func (q *queue) starts(serve func()) {
	q.mu.Lock()
	q.serve = serve
	q.begin()
	q.mu.Unlock()
}

// begin begins the handler goroutine, if there is none.
func (q *queue) begin() {
	if !q.serving && q.serve != nil {
		q.serving = true
		q.serve()
	}
}

// close lets the handler goroutine end for good once everything has been handled.
// A lane's open overflow is closed, so that its count is told, and nothing waits any
// more for what will not come.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	for id, e := range q.back.held {
		q.back.unhold(id)
		q.back.push(e)
	}
	for i := range q.overflow {
		q.recover(i)
	}
	q.mu.Unlock()
	q.disturb()
}

// discard empties the queue and returns how many events of each lane are lost;
// facts of the backlog count to their lane.
func (q *queue) discard() (left [3]int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.lanes {
		left[i] = q.lanes[i].n + q.lent.idle[i]
		q.lanes[i] = ring{lane: q.lanes[i].lane}
	}
	left[q.hand.lane] += q.hand.rest()
	q.hand.dropped = true
	q.hand.urgent.Store(true)
	left[lane(events.High)] += q.back.clear() // both facts travel there
	q.gaps, q.changes, q.lent.recalled = nil, nil, true
	return left
}

// next returns what is to be handled next; what it returned before has been. ok is
// false when there is nothing: the handler goroutine ends, and another one begins
// when there is.
func (q *queue) next() (it item, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finish()
	if it, ok = q.take(); ok {
		return it, true
	}
	q.serving = false
	q.hand.rests()
	q.ends()
	return item{}, false
}

// ends closes idle when nothing is left to be done for good.
func (q *queue) ends() {
	if q.closed && !q.serving && q.lent.n == 0 && q.serve != nil {
		q.serve = nil
		close(q.idle)
	}
}

// take returns what is first: changes of state, then a gap that is due, then
// the high lane, as far as no gap holds it back; then the backlog takes turns
// with the two other lanes, so that neither waits for the other.
func (q *queue) take() (item, bool) {
	q.hand.urgent.Store(false) // who sets it later changes the queue before
	if len(q.changes) > 0 {
		c := q.changes[0]
		q.changes = q.changes[1:]
		q.hand.change = true
		return item{change: &c}, true
	}
	due, limits := q.due()
	if due >= 0 {
		return q.takeGap(due), true
	}
	if q.takeAged(limits) || q.takeLane(0, limits) {
		return item{}, true
	}
	if q.turn = !q.turn; q.turn {
		if it, ok := q.takeBack(); ok {
			return it, ok
		}
	}
	if q.takeLane(1, limits) || q.takeLane(2, limits) {
		return item{}, true
	}
	return q.takeBack()
}

// takeLane takes the oldest entries of a lane into the hand, as far as no gap holds
// them back.
func (q *queue) takeLane(i int, limits [3]uint64) bool {
	r := &q.lanes[i]
	for n := q.grasp(i); n > 0 && r.n > 0; n-- {
		head := r.head()
		if head.seq >= limits[i] || !q.hand.takes(i, head) {
			break
		}
		r.drop()
	}
	if len(q.hand.entries) == 0 {
		return false
	}
	r.served()
	if r.n == 0 {
		q.recover(i)
	}
	q.roomy()
	return true
}
