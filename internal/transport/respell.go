package transport

import (
	"context"
	"sync"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A respelling is a WebSocket whose server may still refuse the names it was
// asked for, by an Error message after the Pong and before the first event. Next
// then opens the connection again, at once, in the spellings that are left; each
// is tried once in the life of the stream. It is refused for good by the last.
//
// Every WebSocket is one: what is no refusal goes through unchanged.
type respelling struct {
	dialer *Dialer
	ctx    context.Context // of the openings of Next; ends with Close
	cancel context.CancelFunc

	// Next's own.
	own     *webSocket // conn
	asks    []ask      // what is left to be tried
	renewed bool       // there has been no frame since the connection was replaced
	err     error      // the end
	park    func()     // of OnPark

	opening sync.WaitGroup // an opening of Next

	mu     sync.Mutex
	conn   *webSocket
	closed bool
}

// openRespelling opens a WebSocket.
func (d *Dialer) openRespelling(ctx context.Context, types []events.Type) (Stream, error) {
	conn, left, err := open(ctx, d, fallback.WebSocket, d.asks(fallback.WebSocket, types), d.openWebSocket)
	if err != nil {
		return nil, err
	}
	s := &respelling{dialer: d, asks: left, own: conn, conn: conn, park: func() {}}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return s, nil
}

// Next implements Stream. It does not allocate for an event of a known type.
func (s *respelling) Next() (Frame, error) {
	var f Frame
	for s.err == nil {
		err := s.own.next(&f)
		if err == nil {
			f.Renewed, s.renewed = s.renewed, false
			return f, nil
		}
		s.err = s.renew(err)
	}
	return Frame{}, s.err
}

// OnPark implements Stream.
func (s *respelling) OnPark(fn func()) {
	s.park = fn
	s.own.OnPark(fn)
}

// renew replaces the connection if it has ended because its names were refused.
// It returns why there is none.
func (s *respelling) renew(err error) error {
	switch {
	case !is[*FilterError](err):
		return err
	case len(s.asks) == 0:
		s.dialer.forget(fallback.WebSocket)
		return err
	case !s.begin():
		return ErrClosed
	}
	defer s.opening.Done()
	s.park()
	conn, left, err := open(s.ctx, s.dialer, fallback.WebSocket, s.asks, s.dialer.openWebSocket)
	if err == nil {
		conn.OnPark(s.park)
		s.own = conn
		if !s.replace(conn) {
			conn.Close()
		}
	}
	if s.ctx.Err() != nil {
		return ErrClosed
	}
	s.asks, s.renewed = left, true
	return err
}

// begin announces an opening, false after Close.
func (s *respelling) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.opening.Add(1)
	}
	return !s.closed
}

// replace makes conn the connection, unless the stream has been closed.
func (s *respelling) replace(conn *webSocket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.conn = conn
	}
	return !s.closed
}

// current returns the connection.
func (s *respelling) current() *webSocket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// Close implements Stream.
func (s *respelling) Close() {
	s.mu.Lock()
	s.closed = true
	conn := s.conn
	s.cancel()
	s.mu.Unlock()
	conn.Close()
	s.opening.Wait()
}

// Widen implements Stream. While the connection is being replaced it cannot.
func (s *respelling) Widen(types []events.Type) bool { return s.current().Widen(types) }

// Probe implements Stream.
func (s *respelling) Probe() { s.current().Probe() }

// LastFrame implements Stream.
func (s *respelling) LastFrame() time.Time { return s.current().LastFrame() }

// Transport implements Stream.
func (s *respelling) Transport() fallback.Transport { return fallback.WebSocket }

// Opened implements Stream.
func (s *respelling) Opened() time.Time { return s.current().Opened() }

// ServerTime implements Stream.
func (s *respelling) ServerTime() time.Time { return s.current().ServerTime() }

// Dialect implements Stream.
func (s *respelling) Dialect() wire.Dialect { return s.current().Dialect() }
