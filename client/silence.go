package client

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A silence lasts from the last beat before a node fell silent, although the
// connection was up, to the next one, on whatever connection it comes. It is
// begun by those who watch a connection and ended by the reader. The zero value
// is none. Safe for concurrent use.
type silence struct {
	lasts atomic.Bool // since is set; for those who only want to know that

	mu          sync.Mutex // guards what follows
	since       time.Time
	dead        bool       // it is the node's, not the connection's
	gap         events.Gap // told when it was found dead
	reconnected bool       // that was tried
}

// begin notes that nothing has come since then, and reports whether that is news.
func (s *silence) begin(since time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.since.IsZero() {
		return false
	}
	s.since = since
	s.lasts.Store(true)
	return true
}

// die notes that the node is dead, if that is news. since is when the silence
// began.
func (s *silence) die() (since time.Time, news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	news = !s.dead && !s.since.IsZero()
	s.dead = s.dead || news
	return s.since, news
}

// tell keeps the gap for end. It reports false if the silence is over by now.
func (s *silence) tell(g events.Gap) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		s.gap = g
	}
	return s.dead
}

// reconnect reports whether to try whether another connection is less silent: once
// in a silence.
func (s *silence) reconnect() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.reconnected && !s.since.IsZero()
	s.reconnected = true
	return first
}

// end ends the silence, and returns the gap that was told of it.
func (s *silence) end() (g events.Gap, dead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, dead = s.gap, s.dead
	s.since, s.dead, s.gap, s.reconnected = time.Time{}, false, events.Gap{}, false
	s.lasts.Store(false)
	return g, dead
}

func (s *silence) isStale() bool { return s.lasts.Load() }

func (s *silence) isDead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// staleSince is when the silence began; zero if there is none.
func (s *silence) staleSince() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since
}
