package transport

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
	"github.com/coder/websocket"
)

const (
	firstBuffer = 4 << 10         // of a stream, bytes; it grows with the frames
	maxPooled   = 1 << 20         // larger buffers are left to the garbage collector
	writeTime   = 5 * time.Second // for a command; if it is over, the connection is broken
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
	workers sync.WaitGroup // keepAlive and readEarly; started by Open only

	// Written by Open, then by Next.
	opened time.Time
	early  chan result // from readEarly, which closes it; nil when it has been emptied
	kept   []result    // what came before the stream was usable
	heard  bool        // there was an event
	buf    []byte
	park   func() // of OnPark

	usable  atomic.Bool   // Open does not take from early any more
	dialect atomic.Uint32 // a wire.Dialect
	widened atomic.Bool   // a Subscribed may be an answer to us

	mu    sync.Mutex
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
	if err := s.end.cause(); err != nil {
		return Frame{}, s.over(err)
	}
	r, ok := s.nextEarly()
	if !ok {
		s.park()
		r.frame, r.err = s.read()
	}
	if r.err != nil {
		s.fail(r.err)
		return Frame{}, s.end.cause()
	}
	switch r.frame.Kind {
	case wire.Event:
		s.heard = true
	case wire.Pong, wire.Unsubscribed:
		if err := s.end.cause(); err != nil { // it answered the farewell
			return Frame{}, s.over(err)
		}
	case wire.Refusal:
		if s.heard || s.widened.Load() {
			break // of a command
		}
		s.fail(&FilterError{Text: r.frame.Text})
		return Frame{}, s.end.cause()
	default:
	}
	return r.frame, nil
}

// OnPark implements Stream.
func (s *webSocket) OnPark(fn func()) { s.park = fn }

// over notes that Next tells the end.
func (s *webSocket) over(err error) error {
	s.leaving.Do(func() { close(s.left) })
	return err
}

// nextEarly returns the next frame that came before the Pong, while there are
// any.
func (s *webSocket) nextEarly() (result, bool) {
	if len(s.kept) > 0 {
		r := s.kept[0]
		s.kept = s.kept[1:]
		return r, true
	}
	if s.early == nil {
		return result{}, false
	}
	s.park()
	select {
	case r, ok := <-s.early:
		if ok {
			return r, true
		}
	case <-s.end.done: // readEarly may still be reading
		return result{err: s.end.cause()}, true
	}
	s.kept, s.early = nil, nil
	return result{}, false
}

// read reads one message. It does what is due to the connection on an error.
func (s *webSocket) read() (Frame, error) {
	if s.buf == nil {
		s.buf = s.dialer.buffer()
	}
	kind, r, err := s.conn.Reader(context.Background())
	if err == nil {
		err = s.fill(r)
	}
	if err != nil {
		s.release()
		return Frame{}, s.ended(err)
	}
	f := Frame{Received: time.Now(), Size: len(s.buf)}
	switch {
	case kind == websocket.MessageBinary:
		f.Message = wire.ParseBinary(s.buf)
	case !utf8.Valid(s.buf): // neither the library nor encoding/json minds
		err = &UTF8Error{Size: len(s.buf)}
		s.finish(err, func() { s.leave(websocket.StatusInvalidFramePayloadData) })
		s.release()
		return Frame{}, err
	default:
		f.Message = wire.Parse(s.buf)
	}
	s.learn(&f)
	return f, nil
}

// fill reads a message into buf.
func (s *webSocket) fill(r io.Reader) error {
	s.buf = s.buf[:0]
	for {
		if len(s.buf) == cap(s.buf) {
			s.buf = slices.Grow(s.buf, cap(s.buf))
		}
		n, err := r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// release gives buf to the next stream. The frame in it is not valid any more:
// Next is about to return an error.
func (s *webSocket) release() {
	if b := s.buf; cap(b) <= maxPooled {
		s.dialer.buffers.Put(&b)
	}
	s.buf = nil
}

// buffer returns one that a stream has left, or a new one.
func (d *Dialer) buffer() []byte {
	if b, ok := d.buffers.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, firstBuffer)
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
