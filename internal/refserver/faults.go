package refserver

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
	"time"
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

func (f *faults) isDead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
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
