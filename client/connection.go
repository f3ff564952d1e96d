package client

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// A trial is a stream that is usable and delivers nothing yet: its frames are
// kept until it takes its place.
type trial struct {
	stream transport.Stream
	opened time.Time
	good   bool
	kept   []transport.Frame    // with payloads of their own
	size   int64                // of the payloads in kept, bytes
	newer  map[events.Type]bool // states of which a last poll told something newer than kept has
}

// serverTime is the server's clock as of the opening, this host's if the server
// did not say.
func (t *trial) serverTime() time.Time {
	if at := t.stream.ServerTime(); !at.IsZero() {
		return at
	}
	return t.opened
}

// A connection is the stream that delivers. It owns the goroutines that look
// for its successor.
type connection struct {
	stream transport.Stream
	opened time.Time
	good   bool // written by the reader

	ctx    context.Context // ends when the connection does
	cancel context.CancelFunc
	stop   func() bool           // unties the stream from Run's context
	won    atomic.Pointer[trial] // the successor; set once

	mu       sync.Mutex // guards what follows, and Go of group against its Wait
	ended    bool
	widening bool // a goroutine asks for what the consumers want
	stale    bool // they want something else since it last looked
	group    sync.WaitGroup
}

func newConnection(ctx context.Context, t *trial) *connection {
	c := &connection{stream: t.stream, opened: t.opened, good: t.good}
	c.ctx, c.cancel = context.WithCancel(ctx)
	c.stop = context.AfterFunc(ctx, t.stream.Close)
	return c
}

// spawn runs fn on a goroutine of the connection, unless that has ended.
func (c *connection) spawn(fn func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.group.Go(func() { fn(c.ctx) })
	}
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

// end stops all that looks for a successor, waits for it, and returns the
// successor; nil if there is none.
func (c *connection) end() *trial {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.cancel()
	c.group.Wait()
	c.stop()
	return c.won.Load()
}

// lastFrame is when the connection last showed a sign of life.
func (c *connection) lastFrame() time.Time {
	if at := c.stream.LastFrame(); at.After(c.opened) {
		return at
	}
	return c.opened
}

// isGood reports whether the connection has earned trust: by a beat, or, where
// the server has none, by signs of life for stable.
func (c *connection) isGood(stable time.Duration) bool {
	return c.good || !hasBeats(c.stream) && c.lastFrame().Sub(c.opened) >= stable
}
