package source

import (
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// A session is what one client under test is served.
type session struct {
	number int
	form   traffic.Form
	began  time.Time
	block  *traffic.Block
	conn   chan *link    // the newest connection that takes the stream
	over   chan struct{} // closed when the client has gone

	history uint64 // messages that were there before

	next     atomic.Uint64 // number of the next message
	finals   atomic.Uint64 // how many were told
	requests atomic.Int64
	links    atomic.Int64

	mu   sync.Mutex
	sent []stamp // when messages were told
	all  []*link // that take the stream
}

// A stamp says that the messages up to a number were told at some time.
type stamp struct {
	next uint64
	at   time.Time
}

// A link is a connection of a session. Control frames and the stream are written
// by different goroutines.
type link struct {
	net.Conn

	mu sync.Mutex
}

// Write writes all of b, between others.
func (l *link) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Conn.Write(b)
}

// takes makes l the connection that the stream goes to.
func (s *session) takes(l *link) {
	s.links.Add(1)
	s.mu.Lock()
	s.all = append(s.all, l)
	s.mu.Unlock()
	select {
	case <-s.conn:
	default:
	}
	select {
	case s.conn <- l:
	default:
	}
}

// everyone returns all connections that ever took the stream.
func (s *session) everyone() []*link {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// told notes that some more messages and finals are out.
func (s *session) told(messages, finals uint64) {
	now := time.Now()
	s.mu.Lock()
	s.sent = append(s.sent, stamp{s.next.Add(messages), now})
	s.mu.Unlock()
	s.finals.Add(finals)
}

// when returns when message n was told; what was there before, an hour before.
func (s *session) when(n uint64) time.Time {
	if n < s.history {
		return s.began.Add(-time.Hour)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	low, high := 0, len(s.sent)
	for low < high {
		if mid := (low + high) / 2; s.sent[mid].next <= n {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == len(s.sent) {
		return time.Now()
	}
	return s.sent[low].at
}
