package refserver

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// Part is a part of a server that a fault hits; parts can be added up.
type Part uint8

// The parts.
const (
	WebSocket Part = 1 << iota // /v1/ws/events
	SSE                        // /v1/sse/events
	REST                       // everything else

	Streams = WebSocket | SSE
	All     = Streams | REST
)

const parts = 3

// index is the place of a single part in tables.
func (p Part) index() int {
	switch p {
	case WebSocket:
		return 0
	case SSE:
		return 1
	default:
		return parts - 1
	}
}

// An Answer is what a refused request gets. The zero Answer is none: the
// connection ends without a word.
type Answer struct {
	Status int // 0: no answer
	Header http.Header
	Body   string
	Times  int // requests to refuse; 0: until healed
}

// Portal is what a captive portal answers to everything.
func Portal() Answer {
	return Answer{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body:   "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Please log in.</body></html>\n",
	}
}

// A fault is what is wrong with one part.
type fault struct {
	refuse *Answer
	frozen bool // no byte moves
	mute   bool // no byte after the head
	mortal bool // connections die after life events
	life   int
	drip   int           // bytes at a time; 0: all
	pause  time.Duration // between them
	hold   int           // bytes are kept back until so many are there
}

// faults is what is wrong with a server. A change wakes those who wait for it.
type faults struct {
	mu      sync.Mutex
	parts   [parts]fault
	paths   map[string]*Answer
	changed chan struct{} // closed and replaced at each change
	dead    bool          // the main loop
	garble  int           // events to break
	twice   int           // events to send twice
	swap    int           // pairs of events to send in the wrong order
	kept    *frame        // the first of such a pair
}

func newFaults() *faults {
	return &faults{paths: make(map[string]*Answer), changed: make(chan struct{})}
}

// of returns the faults of a part, and a channel that is closed when they may
// have changed.
func (f *faults) of(p Part) (fault, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.parts[p.index()], f.changed
}

// set changes the faults of all parts in p.
func (f *faults) set(p Part, change func(*fault)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range []Part{WebSocket, SSE, REST} {
		if p&one != 0 {
			change(&f.parts[one.index()])
		}
	}
	f.changedLocked()
}

func (f *faults) changedLocked() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// refusal returns the answer for a request that is refused.
func (f *faults) refusal(path string, p Part) (Answer, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.paths[path]; a != nil {
		if a.lastLocked() {
			delete(f.paths, path)
		}
		return *a, true
	}
	a := f.parts[p.index()].refuse
	if a == nil {
		return Answer{}, false
	}
	if a.lastLocked() {
		f.parts[p.index()].refuse = nil
	}
	return *a, true
}

// lastLocked counts a use and reports whether it was the last.
func (a *Answer) lastLocked() bool {
	if a.Times == 0 {
		return false
	}
	a.Times--
	return a.Times == 0
}

// spoil applies the faults that hit single events. It returns what is to be
// published instead.
func (f *faults) spoil(in []*frame) []*frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]*frame, 0, len(in))
	for _, e := range in {
		if f.garble > 0 {
			f.garble--
			e = broken(e)
		}
		switch {
		case f.kept != nil:
			out = append(out, e, f.kept)
			f.kept = nil
			continue
		case f.swap > 0:
			f.swap--
			f.kept = e
			continue
		}
		out = append(out, e)
		if f.twice > 0 {
			f.twice--
			out = append(out, e)
		}
	}
	return out
}

// broken returns an event whose JSON ends in the middle.
func broken(e *frame) *frame {
	b := *e
	b.text = e.text[:len(e.text)/2]
	name, data, _ := bytes.Cut(e.sse, []byte("\ndata: "))
	b.sse = fmt.Appendf(nil, "%s\ndata: %s\n\n", name, data[:len(data)/2])
	return &b
}

// Refuse answers requests to p with a, until it has done so a.Times or p is
// healed. Live connections go on.
func (s *Server) Refuse(p Part, a Answer) {
	s.faults.set(p, func(f *fault) { one := a; f.refuse = &one })
}

// RefusePath answers requests to one path with a, until it has done so a.Times
// or REST is healed. It goes before Refuse.
func (s *Server) RefusePath(path string, a Answer) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.paths[path] = &a
}

// TakeAway refuses requests to p and ends its live connections, until p is
// healed: a transport that is suddenly blocked.
func (s *Server) TakeAway(p Part, a Answer) {
	s.Refuse(p, a)
	s.Drop(p)
}

// Heal ends all faults of p; those of single events and of the main loop stay.
func (s *Server) Heal(p Part) {
	s.faults.set(p, func(f *fault) { *f = fault{} })
	if p&REST != 0 {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		clear(s.faults.paths)
	}
}

// Freeze stops every byte to clients of p, until p is healed. Connections stay
// and new ones are accepted; requests are not answered.
func (s *Server) Freeze(p Part) { s.faults.set(p, func(f *fault) { f.frozen = true }) }

// Mute stops every byte of the streams in p behind the head, heartbeats and
// pongs too, until p is healed.
func (s *Server) Mute(p Part) { s.faults.set(p, func(f *fault) { f.mute = true }) }

// DieAfter ends each connection of the streams in p by a FIN once it has been
// sent so many events, 0: as soon as it is open, until p is healed. Connections
// that were sent more already die with their next event.
func (s *Server) DieAfter(p Part, events int) {
	s.faults.set(p, func(f *fault) { f.mortal, f.life = true, events })
}

// Drip sends to clients of p so many bytes at a time with a pause after each,
// until p is healed.
func (s *Server) Drip(p Part, size int, pause time.Duration) {
	s.faults.set(p, func(f *fault) { f.drip, f.pause = size, pause })
}

// Hold keeps back what is sent on the streams in p until there are so many
// bytes, as a buffering proxy does, until p is healed; then what is held goes
// out with what comes next.
func (s *Server) Hold(p Part, size int) { s.faults.set(p, func(f *fault) { f.hold = size }) }

// Dead stops the main loop, or lets it go on: no event any more, while
// heartbeats, pongs, health and REST go on, and the ledger may grow.
func (s *Server) Dead(on bool) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.dead = on
}

// Garble breaks the JSON of the next n events.
func (s *Server) Garble(n int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.garble = n
}

// Duplicate sends each of the next n events twice.
func (s *Server) Duplicate(n int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.twice = n
}

// Swap sends the next n pairs of events in the wrong order. The first of a pair
// waits for the second.
func (s *Server) Swap(n int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.swap = n
}

// Raw sends bytes to every connection of the streams in p: as the payload of a
// WebSocket text frame, and as they are on SSE. They take their place among the
// events of the high lane and pass every filter and every fault of single
// events.
func (s *Server) Raw(p Part, b []byte) { s.raw(p, opText, b) }

// RawBinary sends a binary frame to every WebSocket.
func (s *Server) RawBinary(b []byte) { s.raw(WebSocket, opBinary, b) }

func (s *Server) raw(p Part, op byte, b []byte) {
	s.bus.publish(&frame{raw: p & Streams, op: op, text: b, sse: b})
}

// Oversize emits a TipsUpdated with a payload of at least so many bytes. Its
// tips are not those of the ledger.
func (s *Server) Oversize(size int) {
	id := strings.Repeat("0", 64)
	tips := make([]string, size/(len(id)+3)+1)
	for i := range tips {
		tips[i] = id
	}
	s.emit(events.TypeTipsUpdated, tipsPayload{tips, len(tips), s.cfg.Dialect.stamp(s.now())})
}

// Drop ends all live connections of the streams in p by a FIN and returns how
// many they were.
func (s *Server) Drop(p Part) int { return s.endLinks(p, false) }

// Reset ends all live connections of the streams in p by a reset and returns how
// many they were. On a network without resets it is Drop.
func (s *Server) Reset(p Part) int { return s.endLinks(p, true) }

func (f *faults) isDead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
}
