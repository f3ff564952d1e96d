package transport

import (
	"bytes"
	"time"

	"github.com/adic/adic-go/internal/wire"
	"github.com/coder/websocket"
)

const (
	// grace is how long a server that has proved itself by other means may owe
	// the Pong: until then an Error message may still come.
	grace = 2 * time.Second

	maxEarly = 1024 // frames before the Pong
)

// A result is what one read gave.
type result struct {
	frame Frame
	err   error
}

// prove asks for a Pong and waits for it. The 101 says little: of the events that
// a node 0.3.0 emits right after it 22 % are lost, and none of those after the
// Pong, for the node answers when the subscription is in place. A server of the
// guide dialect greets with Subscribed before it answers, or with an Error.
//
// What comes meanwhile is kept for Next.
func (s *webSocket) prove(t *try) error {
	// If it cannot be written, what the server said before it left says more.
	_ = s.conn.Write(t.ctx, websocket.MessageText, wire.Ping())
	s.early = make(chan result)
	s.workers.Go(s.readEarly)
	err := s.awaitPong(t)
	s.usable.Store(true)
	s.opened = time.Now()
	if err != nil {
		return err
	}
	if s.ask.remembered && s.deaf() {
		return &FilterError{Text: "it answers like a node, which knows no variant names"}
	}
	return nil
}

// deaf reports whether the server speaks like a node but was asked in names that
// match nothing there: it must have changed since they were remembered.
func (s *webSocket) deaf() bool {
	return s.Dialect() == wire.Node && s.ask.types != nil &&
		(s.ask.spelling == wire.Variant || s.ask.spelling == wire.GuideOnly)
}

// readEarly reads until the Pong. If Open does not wait that long, it reads one
// frame more and leaves the rest to Next. The channel is closed when it is done.
func (s *webSocket) readEarly() {
	defer close(s.early)
	for {
		var f Frame
		err := s.read(&f)
		f.Data = bytes.Clone(f.Data)
		select {
		case s.early <- result{f, err}:
		case <-s.end.done:
			return
		}
		if err != nil || f.Kind == wire.Pong || s.usable.Load() {
			return
		}
	}
}

// awaitPong waits for the Pong or, where none comes, for other proof.
func (s *webSocket) awaitPong(t *try) error {
	var patience *time.Timer
	var over <-chan time.Time
	size := int64(0)
	for {
		select {
		case r := <-s.early:
			proved := over != nil
			if r.err != nil && !proved {
				return r.err
			}
			s.kept = append(s.kept, r)
			switch {
			case r.err != nil, r.frame.Kind == wire.Pong:
				return nil
			case r.frame.Kind == wire.Refusal && !s.heard:
				return &FilterError{Text: r.frame.Text}
			case r.frame.Kind == wire.Event, r.frame.Kind == wire.Subscribed:
				s.heard = s.heard || r.frame.Kind == wire.Event
				if !proved {
					patience = time.NewTimer(grace)
					defer patience.Stop()
					over = patience.C
				}
			}
			size += int64(r.frame.Size)
			if len(s.kept) >= maxEarly || size > s.limit {
				return s.enough(t, over != nil)
			}
		case <-over:
			return nil
		case <-t.ctx.Done():
			return s.enough(t, over != nil)
		}
	}
}

// enough ends the wait for a Pong that has not come.
func (s *webSocket) enough(t *try, proved bool) error {
	switch {
	case t.parent.Err() != nil:
		return t.canceled()
	case proved:
		return nil
	default:
		return t.silent()
	}
}
