package client

import (
	"context"
	"sync/atomic"

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
	lent    int              // facts of it that concurrent handlers have
	facts   int              // of list
	bytes   int              // of the payloads of those in list that left a lane, and of held
	held    map[string]entry // finalizations, by message id
	room    chan struct{}    // closed and replaced when something was taken that somebody waits for
	waiting bool             // for room
	holding atomic.Int32     // how many are held, for those who only want to know whether any is
}

func (b *backlog) push(e entry) {
	if e.of.family == events.Fact {
		b.facts++
	}
	b.list.push(&e)
}

// unhold removes a held finalization.
func (b *backlog) unhold(id string) {
	delete(b.held, id)
	b.holding.Store(int32(len(b.held)))
}

// clear empties the backlog and returns how many events it held.
func (b *backlog) clear() int {
	n := b.facts + len(b.held)
	b.list, b.held, b.facts, b.bytes = ring{lane: b.list.lane}, nil, 0, 0
	b.holding.Store(0)
	b.opened()
	return n
}

// opened wakes those who wait for room.
func (b *backlog) opened() {
	close(b.room)
	b.room, b.waiting = make(chan struct{}), false
}

// fits reports whether a fact that leaves its lane can wait in the backlog.
func (b *backlog) fits(e *entry) bool {
	return b.list.n < maxOwed && b.bytes+len(e.env.Data) <= owedBytes
}

// takeBack takes the oldest entry of the backlog.
func (q *queue) takeBack() (item, bool) {
	b := &q.back
	if b.list.n == 0 {
		return item{}, false
	}
	e := b.list.pop()
	b.list.served()
	if e.of.family == events.Fact {
		b.facts--
		b.inHand = 1
	}
	if e.spilled {
		b.bytes -= len(e.env.Data)
	}
	e.late = true
	q.hand.takes(int(e.of.lane), &e)
	q.roomy()
	return item{}, true
}

// hold keeps a finalization back until release, or freed. It is the one in hand.
// false: it has to go alone, because too many are held, or because its message will
// not come any more.
func (q *queue) hold(e *entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.alone || len(q.back.held) >= maxOwed || !q.back.fits(e) || q.back.held[e.id].seq != 0 {
		return false
	}
	if q.back.held == nil {
		q.back.held = make(map[string]entry)
	}
	kept := *e
	kept.owns()
	kept.spilled = true
	q.back.bytes += len(kept.env.Data)
	q.back.held[kept.id] = kept
	q.back.holding.Store(int32(len(q.back.held)))
	q.hand.away++
	return true
}

// holds reports whether any finalization is held.
func (q *queue) holds() bool { return q.back.holding.Load() > 0 }

// release returns the finalization that waited for the message, which has been
// delivered, if one did. It counts as in hand until handled.
func (q *queue) release(id string) (e entry, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e, ok = q.back.held[id]; ok {
		q.back.unhold(id)
		q.back.bytes -= len(e.env.Data)
		q.back.inHand = 1
	}
	return e, ok
}

// handled notes that an entry which is not in the hand was handled.
func (q *queue) handled(e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.back.inHand = 0
	q.gone(e.epoch, 1)
}

// freed moves the held finalizations that need not wait any more to the backlog.
func (q *queue) freed(waits func(id string) bool) {
	for _, id := range q.held() {
		if waits(id) { // not under the lock of the queue
			continue
		}
		q.mu.Lock()
		if e, ok := q.back.held[id]; ok {
			q.back.unhold(id)
			q.back.push(e)
		}
		q.mu.Unlock()
		q.disturb()
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

// held returns the messages whose finalizations are held.
func (q *queue) held() []string {
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
// waits for room, and takes the place of nothing but an older state in a lane that
// coalesces, which it returns; the error is that of ctx.
func (q *queue) fill(ctx context.Context, env events.Envelope) (replaced []fate, err error) {
	e := newEntry(env)
	for {
		q.mu.Lock()
		room := q.back.room
		if q.fits(&e) {
			if e.of.family == events.State {
				replaced, _ = q.admit(&e, nil)
			} else {
				q.seq++
				e.seq, e.epoch = q.seq, q.joins()
				q.back.push(e)
			}
			q.mu.Unlock()
			q.disturb()
			return replaced, nil
		}
		q.back.waiting = true
		q.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// fits reports whether there is room for what comes late.
func (q *queue) fits(e *entry) bool {
	if e.of.family == events.State {
		return !q.full(int(e.of.lane), e)
	}
	return q.back.list.n < backRoom
}

// settles queues a mark of the ledger behind the backlog. lacking says that facts
// could not be asked for.
func (q *queue) settles(mark uint64, lacking bool) {
	q.mu.Lock()
	if last := q.back.list.last(); last != nil && last.mark != 0 {
		last.mark, last.lacking = mark, lacking // there is nothing between them
	} else {
		q.back.push(entry{mark: mark, lacking: lacking, epoch: q.joins(), of: kindOf("")})
	}
	q.mu.Unlock()
	q.disturb()
}

// owed returns how many facts wait in the backlog, or for their messages, or are
// being handled late.
func (q *queue) owed() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.back.facts + len(q.back.held) + q.back.inHand + q.back.lent
}
