package client

import (
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// An entry is an event with its place in the order of all lanes.
type entry struct {
	env     events.Envelope
	seq     uint64
	epoch   uint64 // when it arrived, as counted by those who wait for all that did
	mark    uint64 // of the ledger, in the backlog; it is no event then
	lacking bool   // facts could not be asked for by the mark
	spilled bool   // it left a full lane, and its payload is its own
	late    bool   // it was taken from the backlog
}

// A ring is a bounded first-in, first-out queue. It grows by doubling up to its
// bound, so an idle lane costs nothing.
type ring struct {
	bound int
	buf   []entry
	first int // index of the oldest entry
	n     int // entries held
}

func (r *ring) len() int   { return r.n }
func (r *ring) full() bool { return r.n >= r.bound }

// head returns the number of the oldest entry.
func (r *ring) head() (seq uint64, ok bool) {
	if r.n == 0 {
		return 0, false
	}
	return r.buf[r.first].seq, true
}

// last returns the newest entry, nil if there is none. It is valid until the next
// change.
func (r *ring) last() *entry {
	if r.n == 0 {
		return nil
	}
	return &r.buf[(r.first+r.n-1)%len(r.buf)]
}

// push adds an entry. The ring must not be full.
func (r *ring) push(e entry) {
	if r.n == len(r.buf) {
		r.grow()
	}
	r.buf[(r.first+r.n)%len(r.buf)] = e
	r.n++
}

// pop removes the oldest entry. The ring must not be empty.
func (r *ring) pop() entry {
	e := r.buf[r.first]
	r.buf[r.first] = entry{} // lets the payload go
	r.first = (r.first + 1) % len(r.buf)
	r.n--
	return e
}

// earliest returns when the oldest of the entries was received, if that was before
// at: what was kept back for a switch may be older than what was queued before it.
func (r *ring) earliest(at time.Time) time.Time {
	for i := range r.n {
		if e := &r.buf[(r.first+i)%len(r.buf)]; e.env.Received.Before(at) {
			at = e.env.Received
		}
	}
	return at
}

func (r *ring) grow() {
	next := make([]entry, min(max(2*len(r.buf), 16), r.bound))
	for i := range r.n {
		next[i] = r.buf[(r.first+i)%len(r.buf)]
	}
	r.buf, r.first = next, 0
}
