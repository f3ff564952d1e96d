package client

import (
	"context"
	"log/slog"
	"sync"
)

// maxKinds bounds what a speaker remembers of each message: a server that makes
// up type names must not silence the others, nor fill the memory.
const maxKinds = 64

// A speaker logs each kind of trouble once, so that a server or handler that
// fails a thousand times a second does not fill a disk. Safe for concurrent
// use.
type speaker struct {
	log *slog.Logger

	mu   sync.Mutex                 // guards said
	said map[string]map[string]bool // kinds, by message
}

// once logs msg unless it was logged with this kind before: an event type, a
// reason. The counters tell how often it happened.
func (s *speaker) once(kind string, level slog.Level, msg string, attrs ...slog.Attr) {
	if s.first(kind, msg) {
		s.say(level, msg, attrs...)
	}
}

func (s *speaker) first(kind, msg string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	kinds := s.said[msg]
	if kinds[kind] || len(kinds) >= maxKinds {
		return false
	}
	if s.said == nil {
		s.said = make(map[string]map[string]bool)
	}
	if kinds == nil {
		kinds = make(map[string]bool)
		s.said[msg] = kinds
	}
	kinds[kind] = true
	return true
}

// say logs msg each time.
func (s *speaker) say(level slog.Level, msg string, attrs ...slog.Attr) {
	s.log.LogAttrs(context.Background(), level, "adic: "+msg, attrs...)
}
