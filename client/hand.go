package client

import (
	"sync/atomic"

	"github.com/adic/adic-go/subscription/events"
)

// maxHand is how many events are taken at once.
const maxHand = 32

// A hand is what the handler goroutine has taken from the queue and handles without
// a lock: events of one lane and one epoch. They give way to what is more urgent:
// the rest goes back to its lane, and counts as part of it all the while.
//
// It is part of a queue. Its fields are changed under the queue's mutex, by next, so
// the handler goroutine may read them; at and urgent are atomic.
type hand struct {
	entries []entry
	at      atomic.Int32 // the one whose handlers run
	urgent  atomic.Bool  // something else may come first

	lane    int
	epoch   uint64
	bytes   int  // of all payloads
	away    int  // entries that are not handled with the others: they are held, or run concurrently
	change  bool // OnState runs
	gap     bool // the handlers of a gap run
	dropped bool // the rest is lost: the queue was emptied
}

// takes adds an entry of lane i, if it goes with what is there.
func (h *hand) takes(i int, e *entry) bool {
	if len(h.entries) > 0 && e.epoch != h.epoch {
		return false
	}
	h.lane, h.epoch = i, e.epoch
	h.entries = append(h.entries, *e)
	h.bytes += len(e.env.Data)
	return true
}

// overtakenBy notes that something was added to lane i.
func (h *hand) overtakenBy(i int) {
	if i < h.lane {
		h.urgent.Store(true)
	}
}

// rest is how many entries wait for the one that is being handled.
func (h *hand) rest() int { return max(len(h.entries)-1-int(h.at.Load()), 0) }

// restBytes is how many bytes of payload these have.
func (h *hand) restBytes() (n int) {
	for i := len(h.entries) - h.rest(); i < len(h.entries); i++ {
		n += len(h.entries[i].env.Data)
	}
	return n
}

// grasp is how many entries of lane i are taken at once: one, where each is to be
// decided on anew.
func (q *queue) grasp(i int) int {
	l := &q.lanes[i].lane
	switch {
	case q.aging > 0, l.Overflow == CoalesceLatest:
		return 1
	case i > 0 && q.back.list.n > 0: // they take turns
		return 1
	default:
		return max(1, min(maxHand, l.Events/8))
	}
}

// finish notes that the hand was handled up to the present entry, and puts the rest
// back.
func (q *queue) finish() {
	h := &q.hand
	done := min(int(h.at.Load())+1, len(h.entries))
	if n := done - h.away; n > 0 {
		q.gone(h.epoch, n)
	}
	if h.gap {
		q.gone(h.epoch, 1)
	}
	if h.dropped {
		q.gone(h.epoch, len(h.entries)-done)
	} else {
		for i := len(h.entries) - 1; i >= done; i-- {
			q.lanes[h.lane].unpop(&h.entries[i])
		}
	}
	h.entries = h.entries[:0]
	h.at.Store(0)
	h.bytes, h.away, h.change, h.gap, h.dropped = 0, 0, false, false, false
	q.back.inHand = 0
}

// rests lets the payloads of the last hand go: nothing is in it.
func (h *hand) rests() { clear(h.entries[:cap(h.entries)]) }

// running returns whose handlers run: the type of an event, or OnState's.
func (q *queue) running() (t events.Type, onState bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch h := &q.hand; {
	case h.change:
		return "", true
	case h.gap:
		return events.TypeGap, false
	case len(h.entries) > 0:
		return h.entries[h.at.Load()].env.Type, false
	default:
		return q.lent.running(), false
	}
}
