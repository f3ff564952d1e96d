package transport

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

const (
	// silence is how long an SSE stream may be without its first byte. Every
	// server sends a heartbeat after 15 s; what is silent for longer sits behind
	// something that holds the stream back.
	silence = 20 * time.Second

	maxRetry = time.Minute // of a stream's own wish for the pause after it

	maxID = 1 << 10 // bytes of an id that is sent back
)

// An sse is a stream over server-sent events.
type sse struct {
	dialer  *Dialer
	types   []events.Type // nil: all
	url     string        // without secrets
	limit   int64         // bytes of an event
	idle    time.Duration // without a byte; not positive: no limit
	date    time.Time     // the server's, at the head
	opened  time.Time
	reader  *wire.SSEReader
	lastID  string // Next's: of the reader, as the Dialer knows it
	body    io.ReadCloser
	cancel  context.CancelFunc // of the request
	park    func()             // of OnPark
	life    *life
	end     *end
	dialect atomic.Uint32 // a wire.Dialect

	mu    sync.Mutex
	timer *time.Timer // runs watch; nil when the stream has ended
}

// openSSE makes one try. The response head is the proof: a node has the
// subscription in place when it sends it.
func (d *Dialer) openSSE(parent context.Context, a ask) (*sse, error) {
	t := d.try(parent, fallback.SSE, d.endpoint("v1/sse/events", a))
	defer t.cancel()
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(t.ctx, cancel)
	lastID := d.resumeAt()
	resp, err := d.getSSE(ctx, t, lastID)
	if err == nil && !stop() { // too late
		_ = resp.Body.Close()
		err = t.failed(ctx.Err())
	}
	if err != nil {
		cancel()
		return nil, err
	}
	s := &sse{
		dialer: d, lastID: lastID, types: a.types, url: redact(t.url), limit: d.cfg.MaxFrame, idle: d.cfg.IdleTimeout,
		date: serverTime(resp), opened: time.Now(),
		body: resp.Body, cancel: cancel, life: newLife(), end: newEnd(), park: func() {},
	}
	s.reader = wire.NewSSEReader(readFunc(s.read), int(d.cfg.MaxFrame))
	s.reader.Resume(lastID)
	s.mu.Lock()
	defer s.mu.Unlock()
	first := silence
	if s.idle > 0 {
		first = min(first, s.idle) // from the first byte on it may be due that soon
	}
	s.timer = time.AfterFunc(first, s.watch)
	return s, nil
}

// getSSE sends the request and checks the head of the response. The body of one
// that is returned is open.
func (d *Dialer) getSSE(ctx context.Context, t *try, lastID string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url.String(), nil)
	if err != nil {
		return nil, t.failed(err)
	}
	req.Header = d.header.Clone()
	req.Host = d.header.Get("Host") // in the header alone it would not be sent
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Accept-Encoding", "identity") // a compressor on the way holds events back
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, t.failed(err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, statusError(t.transport, t.url, resp)
	}
	got := resp.Header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(got)
	coding := resp.Header.Get("Content-Encoding")
	if coding != "" && coding != "identity" {
		_ = resp.Body.Close() // nobody could read it, and it may come slowly
		return nil, &ContentTypeError{URL: redact(t.url), Got: coding}
	}
	if err != nil || media != "text/event-stream" {
		return nil, &ContentTypeError{URL: redact(t.url), Got: got, Body: head(resp.Body)}
	}
	return resp, nil
}

// seen remembers the last id of a stream for the next one: the format's way to go
// on where a connection broke. No server of either dialect is known to send ids;
// what stands in front of one may. An id that cannot be sent back is none, for an
// older one would be wrong.
func (d *Dialer) seen(id string) {
	if len(id) > maxID || strings.ContainsFunc(id, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		id = ""
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lastID = id
}

// resumeAt returns the last id of the streams before, "" if there was none.
func (d *Dialer) resumeAt() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lastID
}

// Next implements Stream.
func (s *sse) Next() (Frame, error) {
	if err := s.end.cause(); err != nil {
		return Frame{}, err
	}
	ev, err := s.reader.Next()
	if id := s.reader.LastID(); id != s.lastID {
		s.lastID = id
		s.dialer.seen(id)
	}
	if err != nil {
		s.stop(s.ended(err))
		return Frame{}, s.end.cause()
	}
	f := Frame{Received: s.life.lastByte(), Size: len(ev.Data), Replaced: ev.Invalid}
	if ev.Comment {
		f.Message = wire.Message{Kind: wire.Alive}
		return f, nil
	}
	f.Message = wire.ParseSSE(ev.Name, ev.Data)
	if f.Dialect != wire.UnknownDialect && f.Dialect != s.Dialect() {
		s.dialect.Store(uint32(f.Dialect))
	}
	return f, nil
}

// OnPark implements Stream.
func (s *sse) OnPark(fn func()) { s.park = fn }

// read reads the body for Next.
func (s *sse) read(p []byte) (int, error) {
	s.park()
	return s.life.read(s.body, p)
}

// ended translates the reader's error. A stream that ends without the last
// chunk, as a stopped node's does, has ended just the same.
func (s *sse) ended(err error) error {
	if is[*wire.TooBigError](err) {
		return &FrameTooBigError{Transport: fallback.SSE, Limit: s.limit, Option: "MaxFrame"}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return &ClosedError{Transport: fallback.SSE, RetryAfter: min(s.reader.Retry(), maxRetry), Err: err}
}

// watch ends a stream that is silent. It runs when that may be so, and says when
// it is to be run again.
func (s *sse) watch() {
	quiet := s.life.quiet(time.Now())
	limit, err := silence, error(&SilentError{Transport: fallback.SSE, URL: s.url, After: silence})
	if s.life.some.Load() {
		limit, err = s.idle, &IdleError{Transport: fallback.SSE, After: quiet}
	}
	switch {
	case limit <= 0:
	case quiet >= limit:
		s.dialer.idle()
		s.stop(err)
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.timer != nil {
			s.timer.Reset(limit - quiet)
		}
	}
}

// stop ends the stream because of err.
func (s *sse) stop(err error) {
	if !s.end.because(err) {
		return
	}
	s.mu.Lock()
	s.timer.Stop()
	s.timer = nil
	s.mu.Unlock()
	s.cancel()
	_ = s.body.Close()
}

// Close implements Stream. SSE has no goodbye: a node frees what belongs to the
// connection when that goes.
func (s *sse) Close() { s.stop(ErrClosed) }

// Widen implements Stream. What an SSE stream carries is fixed by its request.
func (s *sse) Widen(types []events.Type) bool {
	if s.end.cause() != nil {
		return false
	}
	if s.types == nil || types == nil {
		return s.types == nil
	}
	for _, t := range types {
		if !slices.Contains(s.types, t) {
			return false
		}
	}
	return true
}

// Probe implements Stream: there is no way to ask.
func (s *sse) Probe() {}

// LastFrame implements Stream.
func (s *sse) LastFrame() time.Time { return s.life.lastByte() }

// Transport implements Stream.
func (s *sse) Transport() fallback.Transport { return fallback.SSE }

// Opened implements Stream.
func (s *sse) Opened() time.Time { return s.opened }

// ServerTime implements Stream.
func (s *sse) ServerTime() time.Time { return s.date }

// Dialect implements Stream.
func (s *sse) Dialect() wire.Dialect { return wire.Dialect(s.dialect.Load()) }
