package client

import (
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// An Overflow says what becomes of an event whose lane is full.
type Overflow uint8

// The policies. What is dropped is told as a Gap, one for each lane and episode; a
// MessageAdded or MessageFinalized that is dropped is not lost, it comes late.
const (
	// DropOldest lets the oldest event go: handlers see what is new.
	DropOldest Overflow = iota

	// DropNewest lets the new event go: handlers see an unbroken beginning.
	DropNewest

	// CoalesceLatest keeps at most one event of each type, also while there is
	// room: a new one takes the place of the one that waits. It is made for
	// displays. What was replaced is counted as coalesced, and is no gap. Facts are
	// never replaced: they, and what is left, overflow as with DropOldest.
	CoalesceLatest

	// Block lets the reader wait, and with it all lanes: nothing is read until
	// there is room. A server drops what it cannot send; that is told as far as it
	// can be seen.
	Block
)

// String returns "drop-oldest", "drop-newest", "coalesce-latest" or "block".
func (o Overflow) String() string {
	switch o {
	case DropOldest:
		return "drop-oldest"
	case DropNewest:
		return "drop-newest"
	case CoalesceLatest:
		return "coalesce-latest"
	case Block:
		return "block"
	default:
		return invalid
	}
}

// A fate says what became of an event that had to make room.
type fate struct {
	entry     entry
	owed      bool // it waits in the backlog
	opened    bool // it was the first of an episode
	coalesced bool // a newer one took its place
}

// An episode is an overflow that is still open.
type episode struct {
	gap    events.Gap
	losses losses
	last   time.Time // when the newest lost event had been received
}

// admit adds e to its lane, as the policy of that wants it, and what became of
// others, or of e itself, to fates. ok is false if e has to wait.
func (q *queue) admit(e *entry, fates []fate) (_ []fate, ok bool) {
	i := int(e.of.lane)
	r := &q.lanes[i]
	if r.lane.Overflow == CoalesceLatest {
		if old := q.replaceable(i, e); old != nil {
			r.bytes += len(e.env.Data) - len(old.env.Data)
			fates = append(fates, fate{entry: *old, coalesced: true})
			old.env = e.env
			if e.epoch != 0 { // it has waited for another lane
				q.gone(e.epoch, 1)
			}
			for r.n > 1 && r.bytes > r.lane.Bytes {
				fates = append(fates, q.lose(i, r.pop()))
			}
			return fates, true
		}
	}
	if !q.full(i, e) {
		if r.n <= r.lane.Events/2 && r.bytes <= r.lane.Bytes/2 {
			q.recover(i)
		}
		q.add(i, e)
		return fates, true
	}
	switch r.lane.Overflow {
	case Block:
		if q.room == nil {
			q.room = make(chan struct{})
		}
		return fates, false
	case DropNewest:
		q.seq++
		e.seq = q.seq
		q.enter(e)
		return append(fates, q.lose(i, *e)), true
	case DropOldest, CoalesceLatest:
	}
	for r.n > 0 && q.full(i, e) {
		fates = append(fates, q.lose(i, r.pop()))
	}
	q.add(i, e)
	return fates, true
}

// full reports whether lane i has no room for e. What the handler goroutine has in
// hand and has not begun with counts, and an empty lane takes anything.
func (q *queue) full(i int, e *entry) bool {
	r := &q.lanes[i]
	if q.ending && r.lane.Overflow == Block {
		return false
	}
	n, bytes := r.n, r.bytes+len(e.env.Data)
	if q.hand.lane == i {
		n += q.hand.rest()
		if bytes+q.hand.bytes > r.lane.Bytes { // it may be
			bytes += q.hand.restBytes()
		}
	}
	return n >= r.lane.Events || r.n > 0 && bytes > r.lane.Bytes
}

// replaceable returns the entry of lane i whose place e may take, nil if there is
// none: facts are not replaced, and nothing is moved ahead of a gap.
func (q *queue) replaceable(i int, e *entry) *entry {
	if e.of.family == events.Fact {
		return nil
	}
	old := q.lanes[i].newest(e.env.Type)
	if old == nil {
		return nil
	}
	for n := range q.gaps {
		if g := &q.gaps[n]; g.seq > old.seq && (g.gap.Lane == events.AnyPriority || g.gap.Lane == priorities[i]) {
			return nil
		}
	}
	return old
}

// roomFor returns a channel that is closed when there may be room in a lane that
// blocks; nil if that is so already.
func (q *queue) roomFor() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.room
}

// roomy wakes those who wait for room: the reader, and who reads by REST.
func (q *queue) roomy() {
	if q.room != nil {
		close(q.room)
		q.room = nil
	}
	if q.back.waiting {
		q.back.opened()
	}
}

// unblock lets lanes that block take what has been read, although they are full:
// nothing more will be read.
func (q *queue) unblock() {
	q.mu.Lock()
	q.ending = true
	q.mu.Unlock()
}

// lose decides what becomes of an event that has no place in lane i, and opens the
// episode if it is the first. The notice takes the place of the lost event.
func (q *queue) lose(i int, lost entry) (f fate) {
	e := q.overflow[i]
	f = fate{entry: lost, opened: e == nil}
	if f.opened {
		gap, fresh := q.ledger.begin(events.Gap{
			Cause: events.GapByOverflow, Lane: priorities[i], From: q.lanes[i].earliest(lost.env.Received),
		}, len(q.gaps))
		e = &episode{gap: gap}
		q.overflow[i] = e
		if fresh {
			q.place(lost.seq, gap)
		}
		q.hand.urgent.Store(true)
	}
	if e.last.Before(lost.env.Received) {
		e.last = lost.env.Received
	}
	switch lost.of.family {
	case events.Fact:
		if f.owed = q.back.fits(&lost); f.owed {
			e.losses.facts++
			lost.owns()
			lost.spilled = true
			q.back.bytes += len(lost.env.Data)
			q.back.push(lost)
			return f
		}
		e.losses.gone++
	case events.State:
		e.losses.states++
	case events.Notice:
		e.losses.notices++
	}
	q.gone(lost.epoch, 1)
	return f
}

// recover closes the overflow episode of lane i, if one is open. Where the oldest
// went, all that was lost came before the oldest event that is left, and so does
// the notice.
func (q *queue) recover(i int) {
	e := q.overflow[i]
	if e == nil {
		return
	}
	q.overflow[i] = nil
	r := &q.lanes[i]
	for _, g := range q.ledger.close(e.gap, e.last, e.losses, len(q.gaps)) {
		if r.n > 0 && r.lane.Overflow != DropNewest {
			q.place(r.head().seq, g)
			continue
		}
		q.announceLocked(g)
	}
	q.hand.urgent.Store(true)
}
