package source

import (
	"time"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// send writes n events as fast as they are taken, and the end if it is wanted.
func (s *session) send(n int, end bool) {
	conn := <-s.conn
	defer s.takesBack(conn)
	perBlock := traffic.Messages(s.block.Events) - traffic.History
	for ; n > 0; n -= s.block.Events {
		first := s.next.Load()
		s.told(perBlock, perBlock*2/3)
		if _, err := conn.Write(s.block.Stamp(first, time.Now())); err != nil {
			return
		}
	}
	if end {
		_, _ = conn.Write(traffic.End(s.form, s.finals.Load()))
	}
}

// takesBack keeps the connection for the next order, unless there is a newer one.
func (s *session) takesBack(l *link) {
	select {
	case s.conn <- l:
	default:
	}
}
