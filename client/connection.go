package client

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// A trial is a stream that is usable and delivers nothing yet: its frames are
// kept until it takes its place.
type trial struct {
	gen    lifecycle.Generation
	to     lifecycle.Target
	why    lifecycle.Purpose
	cancel context.CancelFunc // lets it go; nil if nothing delivers meanwhile
	ready  bool               // nobody reads it any more: it waits for its turn; guarded by the life's mu
	stream transport.Stream
	opened time.Time
	asked  []events.Type // nil: all
	good   atomic.Bool   // written by whoever reads the stream

	kept  []transport.Frame // with payloads of their own
	size  int64             // of the payloads in kept, bytes
	lost  [3]int            // events of each lane that both carry and that had to go
	both  *overlapping      // where the old connection and this one are compared; nil: there is none
	cause events.GapCause   // why it takes the place of one that works; empty: it is better
	since time.Time         // since when that one has brought nothing, if there is a cause
}

// serverTime is the server's clock as of the opening, this host's if the server
// did not say.
func (t *trial) serverTime() time.Time {
	if at := t.stream.ServerTime(); !at.IsZero() {
		return at
	}
	return t.opened
}

// A connection is the stream that delivers.
type connection struct {
	gen       lifecycle.Generation
	node      *node
	stream    transport.Stream
	transport fallback.Transport // of stream
	opened    time.Time
	server    time.Time                     // the clock of the server then; zero: it did not say
	asked     atomic.Pointer[[]events.Type] // what it was asked for last; nil in it: all
	good      bool                          // written by the reader
	skips     skips                         // the reader's: what its predecessor has delivered
	held      atomic.Bool                   // the reader waits for room in a lane
	woken     atomic.Int64                  // when pings were sent because beats were missing, Unix nanoseconds
	pulse     atomic.Pointer[pulse.Pulse]   // nil where there are no beats; set once, by whoever learns that there are

	stop   func() bool                    // unties the stream from the run
	err    error                          // why it ended; guarded by the life's mu
	gone   atomic.Bool                    // it has ended
	rivals atomic.Pointer[[]*overlapping] // those that may become its successor: told what is delivered

	known      int         // messages that the books knew when it was opened
	identified atomic.Bool // the server was asked what it speaks

	mu       sync.Mutex // guards what follows, and writers of rivals
	widening bool       // a goroutine asks for what the consumers want
	stale    bool       // they want something else since it last looked
}

func newConnection(run context.Context, t *trial, n *node) *connection {
	c := &connection{
		gen: t.gen, node: n, stream: t.stream, transport: t.stream.Transport(), opened: t.opened, server: t.stream.ServerTime(),
		good: t.good.Load(), stop: context.AfterFunc(run, t.stream.Close),
	}
	c.asked.Store(&t.asked)
	if t.cancel != nil {
		t.cancel()
	}
	return c
}

// asks returns what the server was asked for; nil means everything.
func (c *connection) asks() []events.Type { return *c.asked.Load() }

// meet has what the connection delivers from now on compared with what another
// one brings, until part is called.
func (c *connection) meet(o *overlapping) (part func()) {
	change := func(next func([]*overlapping) []*overlapping) {
		c.mu.Lock()
		defer c.mu.Unlock()
		list := next(slices.Clone(c.met()))
		c.rivals.Store(&list)
	}
	change(func(list []*overlapping) []*overlapping { return append(list, o) })
	return func() {
		change(func(list []*overlapping) []*overlapping {
			return slices.DeleteFunc(list, func(have *overlapping) bool { return have == o })
		})
	}
}

// met returns those that the connection is compared with.
func (c *connection) met() []*overlapping {
	if list := c.rivals.Load(); list != nil {
		return *list
	}
	return nil
}

// wants notes that the consumers want something else, and reports whether nobody
// takes care of it yet.
func (c *connection) wants() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	idle := !c.widening
	c.widening, c.stale = true, true
	return idle
}

// looks reports whether there is something to take care of; if not, the goroutine
// that asked has to end.
func (c *connection) looks() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.widening, c.stale = c.stale, false
	return c.widening
}

// lastFrame is when the connection last showed a sign of life.
func (c *connection) lastFrame() time.Time {
	if at := c.stream.LastFrame(); at.After(c.opened) {
		return at
	}
	return c.opened
}

// lastBeat is when the connection last showed that the node is alive; the opening
// counts.
func (c *connection) lastBeat() time.Time {
	last := c.opened
	if p := c.pulse.Load(); p != nil {
		tips, kcore := p.Last()
		for _, at := range []time.Time{tips, kcore} {
			if at.After(last) {
				last = at
			}
		}
	}
	return last
}

// isGood reports whether the connection has earned trust: by a beat, or, where
// there are none, by signs of life for stable.
func (c *connection) isGood(stable time.Duration) bool {
	return c.good || c.pulse.Load() == nil && c.lastFrame().Sub(c.opened) >= stable
}
