package refserver

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// logged is the number of requests that are remembered in full.
const logged = 10_000

// A Request is what a client asked for.
type Request struct {
	At     time.Time // the server's clock
	Part   Part
	Method string
	Path   string
	Query  string // raw
	Header http.Header
}

// A book counts what a server is asked and does. A change wakes those who wait
// for it.
type book struct {
	mu       sync.Mutex
	requests []Request // the newest
	paths    map[string]int
	losses   []Loss
	stats    Stats
	news     chan struct{} // closed at the next change; nil: nobody waits
	minute   time.Time     // when the rate limit's minute began
	admitted int           // requests in it
}

func newBook() *book {
	return &book{paths: make(map[string]int)}
}

func (b *book) record(r *http.Request, p Part, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.paths[r.URL.Path]++
	if len(b.requests) == logged {
		b.requests = slices.Delete(b.requests, 0, logged/2)
	}
	b.requests = append(b.requests, Request{
		At: now, Part: p, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(),
	})
	b.changedLocked()
}

// admit counts a request against the rate, and returns how long it has to wait
// if it is one too many.
func (b *book) admit(perMinute int, now time.Time) (wait time.Duration, ok bool) {
	if perMinute <= 0 {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.minute) >= time.Minute {
		b.minute, b.admitted = now, 0
	}
	if b.admitted >= perMinute {
		return time.Minute - now.Sub(b.minute), false
	}
	b.admitted++
	return 0, true
}

func (b *book) opened(p Part) { b.count(p, 1) }
func (b *book) ended(p Part)  { b.count(p, -1) }

func (b *book) count(p Part, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p == WebSocket {
		b.stats.WebSockets += n
	} else {
		b.stats.SSEs += n
	}
	b.changedLocked()
}

func (b *book) changed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changedLocked()
}

func (b *book) changedLocked() {
	if b.news != nil {
		close(b.news)
		b.news = nil
	}
}

// watch returns a channel that is closed at the next change.
func (b *book) watch() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.news == nil {
		b.news = make(chan struct{})
	}
	return b.news
}

func (b *book) add(change func(*Stats)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.stats)
	b.changedLocked()
}

func (s *Server) countWebSocket(event bool) {
	s.book.add(func(c *Stats) {
		c.WebSocketMessages++
		if event {
			c.Delivered++
		}
	})
}

func (s *Server) countSSE() {
	s.book.add(func(c *Stats) {
		c.SSEMessages++
		c.Delivered++
	})
}

// Stats returns what the streams did so far.
func (s *Server) Stats() Stats {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return s.book.stats
}

// Requests returns how often a path was asked for, refused requests included.
func (s *Server) Requests(path string) int {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return s.book.paths[path]
}

// Log returns the requests so far, at most the newest 5,000 to 10,000.
func (s *Server) Log() []Request {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return slices.Clone(s.book.requests)
}

// Streams returns how many connections of the streams in p are open.
func (s *Server) Streams(p Part) int {
	stats, n := s.Stats(), 0
	if p&WebSocket != 0 {
		n += stats.WebSockets
	}
	if p&SSE != 0 {
		n += stats.SSEs
	}
	return n
}

// WaitFor waits until cond is true. It is tried at first and after each request,
// each event that is sent or emitted, and each connection that begins or ends.
// The error is that of ctx.
func (s *Server) WaitFor(ctx context.Context, cond func() bool) error {
	for {
		news := s.book.watch()
		if cond() {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
