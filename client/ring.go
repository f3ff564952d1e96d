package client

import (
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/subscription/events"
)

// An entry is an event with its place in the order of all lanes.
type entry struct {
	env     events.Envelope
	of      *kind
	id      string // of the message that a fact is about; empty for all that is no fact
	seq     uint64
	epoch   uint64      // when it arrived, as counted by those who wait for all that did; 0: it is not counted yet
	mark    uint64      // of the ledger, in the backlog; it is no event then
	fact    repair.Kind // which, if there is an id
	ready   bool        // a finalization that need not wait
	lacking bool        // facts could not be asked for by the mark
	spilled bool        // its payload is its own, and counts among the backlog's bytes: it left a full lane, or was held
	late    bool        // it was taken from the backlog
}

// newEntry makes an entry of an event.
func newEntry(env events.Envelope) entry {
	e := entry{env: env, of: kindOf(env.Type)}
	if fact, id, ok := factOf(env.Type, env.Data); ok {
		e.fact, e.id = fact, id
	}
	return e
}

// owns gives the entry a payload of its own: that which it has shares its memory
// with the events that came with it, and would keep theirs.
func (e *entry) owns() {
	e.env.Data = append([]byte(nil), e.env.Data...)
	if _, id, ok := factOf(e.env.Type, e.env.Data); ok {
		e.id = id // the same, in the new payload
	}
}

// A ring is a first-in, first-out queue: a lane, or the backlog. It grows by
// doubling as it has to, so an idle lane costs next to nothing. Who pushes sees to
// the bounds of the lane.
type ring struct {
	lane  Lane
	buf   []entry
	first int       // index of the oldest entry
	n     int       // entries held
	bytes int       // of their payloads
	since time.Time // since when the oldest has waited, or what was dropped in its stead

	pushed uint64                 // entries, ever
	latest map[events.Type]uint64 // of a lane that coalesces: which of them was the last of its type
}

// head returns the oldest entry. The ring must not be empty; the entry is valid
// until the next change.
func (r *ring) head() *entry { return &r.buf[r.first] }

// at returns the entry that is n behind the head.
func (r *ring) at(n int) *entry {
	if n += r.first; n >= len(r.buf) {
		n -= len(r.buf)
	}
	return &r.buf[n]
}

// last returns the newest entry, nil if there is none. It is valid until the next
// change.
func (r *ring) last() *entry {
	if r.n == 0 {
		return nil
	}
	return r.at(r.n - 1)
}

// push adds an entry.
func (r *ring) push(e *entry) {
	if r.n == len(r.buf) {
		r.grow()
	}
	if r.n++; r.n == 1 {
		r.since = e.env.Received
	}
	*r.at(r.n - 1) = *e
	r.bytes += len(e.env.Data)
	if r.lane.Overflow == CoalesceLatest {
		if r.latest == nil {
			r.latest = make(map[events.Type]uint64)
		}
		r.latest[e.env.Type] = r.pushed
	}
	r.pushed++
}

// newest returns the last entry of a type, in a lane that coalesces; nil if there is
// none.
func (r *ring) newest(t events.Type) *entry {
	number, ok := r.latest[t]
	if !ok {
		return nil
	}
	return r.at(r.n - int(r.pushed-number))
}

// pop removes the oldest entry. The ring must not be empty.
func (r *ring) pop() entry {
	e := *r.head()
	r.drop()
	return e
}

// drop is pop for who has taken it already.
func (r *ring) drop() {
	e := r.head()
	r.bytes -= len(e.env.Data)
	if r.latest != nil && r.latest[e.env.Type] == r.pushed-uint64(r.n) {
		delete(r.latest, e.env.Type)
	}
	e.env.Data, e.id = nil, "" // lets the payload go
	if r.first++; r.first == len(r.buf) {
		r.first = 0
	}
	r.n--
}

// served notes that entries were handed out, rather than dropped.
func (r *ring) served() {
	if r.n > 0 {
		r.since = r.head().env.Received
	}
}

// unpop puts back what pop returned last.
func (r *ring) unpop(e *entry) {
	if r.n == len(r.buf) {
		r.grow()
	}
	if r.first--; r.first < 0 {
		r.first = len(r.buf) - 1
	}
	r.n++
	r.buf[r.first] = *e
	r.bytes += len(e.env.Data)
}

// earliest returns when the oldest of the entries was received, if that was before
// at: what was kept back for a switch may be older than what was queued before it.
func (r *ring) earliest(at time.Time) time.Time {
	for i := range r.n {
		if e := r.at(i); e.env.Received.Before(at) {
			at = e.env.Received
		}
	}
	return at
}

func (r *ring) grow() {
	next := make([]entry, max(2*len(r.buf), 1))
	for i := range r.n {
		next[i] = *r.at(i)
	}
	r.buf, r.first = next, 0
}
