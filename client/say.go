package client

import (
	"context"
	"log/slog"
	"sync"
)

// maxKinds bounds what a speaker remembers.
const maxKinds = 256

// A speaker logs each kind of trouble once, so that a server or handler that
// fails a thousand times a second does not fill a disk. Safe for concurrent
// use.
type speaker struct {
	log *slog.Logger

	mu   sync.Mutex // guards said
	said map[string]bool
}

// once logs msg unless something of this kind was logged before. The counters
// tell how often it happened.
func (s *speaker) once(kind string, level slog.Level, msg string, attrs ...slog.Attr) {
	s.mu.Lock()
	known := s.said[kind] || len(s.said) >= maxKinds
	if !known {
		if s.said == nil {
			s.said = make(map[string]bool)
		}
		s.said[kind] = true
	}
	s.mu.Unlock()
	if !known {
		s.log.LogAttrs(context.Background(), level, "adic: "+msg, attrs...)
	}
}

// say logs msg each time.
func (s *speaker) say(level slog.Level, msg string, attrs ...slog.Attr) {
	s.log.LogAttrs(context.Background(), level, "adic: "+msg, attrs...)
}
