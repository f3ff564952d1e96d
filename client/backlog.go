package client

import (
	"context"

	"github.com/adic/adic-go/subscription/events"
)

// The bounds of the backlog.
const (
	backRoom  = 1000     // from here on, who reads by REST waits
	maxOwed   = 100_000  // facts that a full lane gave up
	owedBytes = 64 << 20 // of their payloads
)

// A backlog holds facts that are delivered late: those that were found by REST, which
// wait for room in it, and facts that had to leave a full lane, which do not. So
// nothing of it ever takes the place of a live event. A finalization whose
// message has not been delivered is held beside it.
//
// It is part of a queue, whose mutex guards it.
type backlog struct {
	list    ring
	inHand  int              // 1 while the handlers have a fact of it
	facts   int              // of list
	bytes   int              // of the payloads in list and held that left a lane
	held    map[string]entry // finalizations, by message id
	room    chan struct{}    // closed and replaced when something was taken that somebody waits for
	waiting bool             // for room
}

func (b *backlog) push(e entry) {
	if e.env.Type.Family() == events.Fact {
		b.facts++
	}
	b.list.push(e)
}

// clear empties the backlog and returns how many events it held.
func (b *backlog) clear() int {
	n := b.facts + len(b.held)
	b.list, b.held, b.facts, b.bytes = ring{bound: 3 * maxOwed}, nil, 0, 0
	b.opened()
	return n
}

// opened wakes those who wait for room.
func (b *backlog) opened() {
	close(b.room)
	b.room, b.waiting = make(chan struct{}), false
}

// fits reports whether a fact that leaves its lane can wait in the backlog.
func (b *backlog) fits(e entry) bool {
	return b.list.len() < maxOwed && b.bytes+len(e.env.Data) <= owedBytes
}

// takeBack takes the oldest entry of the backlog.
func (q *queue) takeBack() (item, bool) {
	b := &q.back
	if b.list.len() == 0 {
		return item{}, false
	}
	e := b.list.pop()
	if e.env.Type.Family() == events.Fact {
		b.facts--
		b.inHand = 1
	}
	if e.spilled {
		b.bytes -= len(e.env.Data)
	}
	e.late = true
	return q.takes(e), true
}

// hold keeps a finalization back until release, or freed. It is that which pop
// returned last. false: it has to go alone, because too many are held, or because
// its message will not come any more.
func (q *queue) hold(id string, e entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.alone || len(q.back.held) >= maxOwed || q.back.held[id].seq != 0 {
		return false
	}
	if q.back.held == nil {
		q.back.held = make(map[string]entry)
	}
	e.env.Data = append([]byte(nil), e.env.Data...) // the chunk that it shares may go
	q.back.held[id] = e
	q.current = 0 // it is not handled
	return true
}

// release returns the finalization that waited for the message, which has been
// delivered, if one did. The entry which pop returned last is handled.
func (q *queue) release(id string) (e entry, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e, ok = q.back.held[id]; ok {
		delete(q.back.held, id)
		q.finish()
		q.current, q.back.inHand = e.epoch, 1
	}
	return e, ok
}

// freed moves the held finalizations that need not wait any more to the backlog.
func (q *queue) freed(waits func(id string) bool) {
	for _, id := range q.holds() {
		if waits(id) { // not under the lock of the queue
			continue
		}
		q.mu.Lock()
		if e, ok := q.back.held[id]; ok {
			delete(q.back.held, id)
			q.back.push(e)
		}
		q.mu.Unlock()
		q.signal()
	}
}

// lacks says whether there is nowhere to ask for a message. What waits for one goes
// alone then.
func (q *queue) lacks(on bool) {
	q.mu.Lock()
	q.alone = on
	q.mu.Unlock()
	if on {
		q.freed(func(string) bool { return false })
	}
}

// holds returns the messages whose finalizations are held.
func (q *queue) holds() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	ids := make([]string, 0, len(q.back.held))
	for id := range q.back.held {
		ids = append(ids, id)
	}
	return ids
}

// fill adds a fact that was found late to the backlog, or a state that was read
// again to its lane, where it keeps its place between older and newer live ones. It
// waits for room, and takes the place of nothing; the error is that of ctx.
func (q *queue) fill(ctx context.Context, env events.Envelope) error {
	for {
		q.mu.Lock()
		room := q.back.room
		if q.fits(env) {
			q.seq++
			if e := q.arrive(env); env.Type.Family() == events.State {
				q.lanes[lane(env.Type.Lane())].push(e)
			} else {
				q.back.push(e)
			}
			q.mu.Unlock()
			q.signal()
			return nil
		}
		q.back.waiting = true
		q.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// fits reports whether there is room for what comes late.
func (q *queue) fits(env events.Envelope) bool {
	if env.Type.Family() == events.State {
		return !q.lanes[lane(env.Type.Lane())].full()
	}
	return q.back.list.len() < backRoom
}

// settles queues a mark of the ledger behind the backlog. lacking says that facts
// could not be asked for.
func (q *queue) settles(mark uint64, lacking bool) {
	q.mu.Lock()
	if last := q.back.list.last(); last != nil && last.mark != 0 {
		last.mark, last.lacking = mark, lacking // there is nothing between them
	} else {
		q.back.push(entry{mark: mark, lacking: lacking, epoch: q.joins()})
	}
	q.mu.Unlock()
	q.signal()
}

// owed returns how many facts wait in the backlog, or for their messages, or are
// being handled late.
func (q *queue) owed() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.back.facts + len(q.back.held) + q.back.inHand
}
