package transport

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/block"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
	"github.com/coder/websocket"
)

const (
	writeTime = 5 * time.Second // for a command; if it is over, the connection is broken
)

// A webSocket is one connection of a stream over a WebSocket. Its methods are
// those of Stream; Next ends with a *FilterError if the server refuses the names.
type webSocket struct {
	dialer *Dialer
	ask    ask
	conn   *websocket.Conn
	keeper *keeper
	limit  int64         // bytes of a frame
	pings  time.Duration // between two; not positive: none
	date   time.Time     // the server's, at the 101

	end     *end
	gone    chan struct{}  // closed when the connection has been ended, too
	left    chan struct{}  // closed when Next has told the end
	leaving sync.Once      // closes left
	workers sync.WaitGroup // readEarly, started by Open, and a ping

	// Written by Open, then by Next.
	opened time.Time
	early  chan result // from readEarly, which closes it; nil when it has been emptied
	kept   []result    // what came before the stream was usable
	heard  bool        // there was an event
	park   func()      // of OnPark
	buf    *[]byte     // the message that the library read last; nil: it is not needed any more
	whole  []byte      // frames that have been read ahead
	came   time.Time   // when that was

	usable  atomic.Bool   // Open does not take from early any more
	dialect atomic.Uint32 // a wire.Dialect
	widened atomic.Bool   // a Subscribed may be an answer to us

	mu    sync.Mutex
	timer *time.Timer   // runs ping; nil before the stream is usable and when it has ended
	due   time.Time     // of the next ping
	types []events.Type // what the server was asked for so far; nil: all
}

func newWebSocket(d *Dialer, a ask, conn *websocket.Conn, k *keeper, date time.Time) *webSocket {
	return &webSocket{
		dialer: d, ask: a, conn: conn, keeper: k, date: date,
		limit: d.cfg.MaxFrame, pings: d.cfg.PingInterval, types: a.types,
		end: newEnd(), gone: make(chan struct{}), left: make(chan struct{}), park: func() {},
	}
}

// Next implements Stream. It does not allocate for an event of a known type.
func (s *webSocket) Next() (Frame, error) {
	var f Frame
	err := s.next(&f)
	return f, err
}

// next is Next into f, which is zero.
func (s *webSocket) next(f *Frame) error {
	if err := s.end.cause(); err != nil {
		return s.over(err)
	}
	if early, err := s.nextEarly(f); !early || err != nil {
		if err == nil {
			err = s.read(f)
		}
		if err != nil {
			s.fail(err)
			*f = Frame{}
			return s.end.cause()
		}
	}
	return s.heed(f)
}

// heed does what a frame asks for.
func (s *webSocket) heed(f *Frame) error {
	switch f.Kind {
	case wire.Event:
		s.heard = true
	case wire.Pong, wire.Unsubscribed:
		if err := s.end.cause(); err != nil { // it answered the farewell
			*f = Frame{}
			return s.over(err)
		}
	case wire.Refusal:
		if s.heard || s.widened.Load() {
			break // of a command
		}
		s.fail(&FilterError{Text: f.Text})
		*f = Frame{}
		return s.end.cause()
	default:
	}
	return nil
}

// OnPark implements Stream.
func (s *webSocket) OnPark(fn func()) { s.park = fn }

// over notes that Next tells the end.
func (s *webSocket) over(err error) error {
	s.leaving.Do(func() { close(s.left) })
	return err
}

// nextEarly takes the next frame that came before the Pong, while there are any.
func (s *webSocket) nextEarly(f *Frame) (bool, error) {
	if s.early == nil {
		return false, nil
	}
	if len(s.kept) > 0 {
		r := s.kept[0]
		s.kept = s.kept[1:]
		*f = r.frame
		return true, r.err
	}
	s.park()
	select {
	case r, ok := <-s.early:
		if ok {
			*f = r.frame
			return true, r.err
		}
	case <-s.end.done: // readEarly may still be reading
		return true, s.end.cause()
	}
	s.kept, s.early = nil, nil
	return false, nil
}

// read reads one message. It does what is due to the connection on an error.
func (s *webSocket) read(f *Frame) error {
	text, ok := s.ahead()
	kind := websocket.MessageText
	if !ok {
		if s.early == nil {
			s.park()
		}
		var err error
		if kind, err = s.receive(); err != nil {
			s.release()
			return s.ended(err)
		}
		text = *s.buf
		s.came = s.keeper.life.lastByte()
	}
	f.Received, f.Size = s.came, len(text)
	if kind == websocket.MessageBinary {
		f.Message = wire.ParseBinary(text)
	} else if f.Message, ok = wire.ParseText(text); !ok { // the library does not mind
		err := &UTF8Error{Size: len(text)}
		s.finish(err, func() { s.leave(websocket.StatusInvalidFramePayloadData) })
		s.release()
		return err
	}
	s.learn(f)
	return nil
}

// ahead returns the next message that has been read already.
func (s *webSocket) ahead() ([]byte, bool) {
	if len(s.whole) == 0 {
		s.whole, s.came = s.keeper.claim()
		if len(s.whole) == 0 {
			return nil, false
		}
	}
	from, to := payload(s.whole)
	text := s.whole[from:to:to]
	s.whole = s.whole[to:]
	return text, true
}

// receive reads a message into buf. That is given back before the wait for it, so
// that a quiet connection has none.
func (s *webSocket) receive() (websocket.MessageType, error) {
	s.release()
	kind, r, err := s.conn.Reader(context.Background())
	if err == nil {
		s.buf = block.Take(0)
		err = fill(s.buf, r)
	}
	return kind, err
}

// fill reads all of r into buf.
func fill(buf *[]byte, r io.Reader) error {
	b := (*buf)[:0]
	for {
		if len(b) == cap(b) {
			b = slices.Grow(b, cap(b))
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		*buf = b
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// release gives buf back. The frame in it is not valid any more: Next reads the
// next one, or is about to return an error.
func (s *webSocket) release() {
	block.Give(s.buf)
	s.buf = nil
}

// learn notes and tells what the frame says about the dialect. A node does not
// greet: before its first Pong there is no Subscribed.
func (s *webSocket) learn(f *Frame) {
	known := s.Dialect()
	switch {
	case f.Dialect != wire.UnknownDialect:
	case f.Kind == wire.Subscribed && !s.widened.Load():
		f.Dialect = wire.Guide
	case f.Kind == wire.Pong && known == wire.UnknownDialect:
		f.Dialect = wire.Node
	default:
		return
	}
	if f.Dialect != known {
		s.dialect.Store(uint32(f.Dialect))
	}
}

// ended translates the library's error for the end of a connection.
func (s *webSocket) ended(err error) error {
	var frame websocket.CloseError
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		return &FrameTooBigError{Transport: fallback.WebSocket, Limit: s.limit, Option: "MaxFrame"}
	case errors.As(err, &frame):
		return &ClosedError{Transport: fallback.WebSocket, Code: int(frame.Code), Reason: frame.Reason}
	case errors.Is(err, io.EOF):
		err = io.EOF // between two frames: a bare FIN, which is how a node ends
	}
	return &ClosedError{Transport: fallback.WebSocket, Err: err}
}

// LastFrame implements Stream.
func (s *webSocket) LastFrame() time.Time { return s.keeper.life.lastByte() }

// Opened implements Stream.
func (s *webSocket) Opened() time.Time { return s.opened }

// ServerTime implements Stream.
func (s *webSocket) ServerTime() time.Time { return s.date }

// Dialect implements Stream.
func (s *webSocket) Dialect() wire.Dialect { return wire.Dialect(s.dialect.Load()) }
