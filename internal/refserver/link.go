package refserver

import (
	"net"
	"sync"
	"time"
)

// A link is the connection of one stream, taken over from the HTTP server. All
// that is written to it goes through the faults of its part.
type link struct {
	conn   net.Conn
	part   Part
	faults *faults
	done   chan struct{} // closed by end

	turn  chan struct{} // held by the one writer; a channel, for a fault makes the others wait long
	sent  int           // events; the writer's
	held  []byte        // bytes that a buffering fault keeps back; the writer's
	ended sync.Once
}

func newLink(conn net.Conn, part Part, f *faults) *link {
	return &link{conn: conn, part: part, faults: f, done: make(chan struct{}), turn: make(chan struct{}, 1)}
}

// take waits for the turn to write. It fails if the connection ended.
func (l *link) take() error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-l.done:
		return net.ErrClosed
	}
}

func (l *link) give() { <-l.turn }

// head writes what opens the stream. It passes a fault that only mutes.
func (l *link) head(b []byte) error {
	if err := l.take(); err != nil {
		return err
	}
	defer l.give()
	if _, err := l.await(func(f *fault) bool { return f.frozen }); err != nil {
		return err
	}
	return l.send(b, fault{})
}

// write sends bytes that are no event: heartbeats, answers, raw frames.
func (l *link) write(b []byte) error {
	if err := l.take(); err != nil {
		return err
	}
	defer l.give()
	return l.put(b)
}

// event sends an event. The error is net.ErrClosed if that was the last one of a
// connection that was to die.
func (l *link) event(b []byte) error {
	if err := l.take(); err != nil {
		return err
	}
	defer l.give()
	if err := l.put(b); err != nil {
		return err
	}
	l.sent++
	return l.expire()
}

// mortal ends a connection that is to die after no event at all.
func (l *link) mortal() error {
	if err := l.take(); err != nil {
		return err
	}
	defer l.give()
	return l.expire()
}

func (l *link) expire() error {
	if f, _ := l.faults.of(l.part); f.mortal && l.sent >= f.life {
		l.end(false)
		return net.ErrClosed
	}
	return nil
}

func (l *link) put(b []byte) error {
	f, err := l.await(func(f *fault) bool { return f.frozen || f.mute })
	if err != nil {
		return err
	}
	if len(l.held)+len(b) < f.hold {
		l.held = append(l.held, b...)
		return nil
	}
	b, l.held = append(l.held, b...), nil
	return l.send(b, f)
}

// await waits while a fault stops the bytes, and returns the faults that
// are left.
func (l *link) await(stops func(*fault) bool) (fault, error) {
	for {
		f, changed := l.faults.of(l.part)
		if !stops(&f) {
			return f, nil
		}
		select {
		case <-changed:
		case <-l.done:
			return fault{}, net.ErrClosed
		}
	}
}

// send writes to the socket, a few bytes at a time if it drips.
func (l *link) send(b []byte, f fault) error {
	if f.drip <= 0 {
		_, err := l.conn.Write(b)
		return err
	}
	tick := time.NewTicker(f.pause)
	defer tick.Stop()
	for len(b) > 0 {
		n := min(f.drip, len(b))
		if _, err := l.conn.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
		select {
		case <-tick.C:
		case <-l.done:
			return net.ErrClosed
		}
	}
	return nil
}

// pause waits, unless the connection ends.
func (l *link) pause(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-l.done:
		return net.ErrClosed
	}
}

// end closes the connection: by a bare FIN, or by a reset, where the network has
// one. It may be called by anyone, more than once.
func (l *link) end(reset bool) {
	l.ended.Do(func() {
		close(l.done)
		hangUp(l.conn, reset)
	})
}

// hangUp closes a connection.
func hangUp(conn net.Conn, reset bool) {
	if c, ok := conn.(interface{ SetLinger(sec int) error }); ok && reset {
		_ = c.SetLinger(0) // then it is a FIN
	}
	_ = conn.Close() // nobody is left to tell
}
