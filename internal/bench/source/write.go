package source

import (
	"runtime"
	"time"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// send writes events as fast as they are taken, and the end if it is wanted.
func (s *session) send(o Order) {
	conn := <-s.conn
	defer s.takesBack(conn)
	links := []*link{conn}
	if o.All {
		links = s.everyone()
	}
	for n := o.Events; n > 0; n -= s.block.Events {
		bytes := s.block.Stamp(s.next.Load(), time.Now())
		if !o.All {
			s.told(s.block.Messages()) // before the client can ask
		}
		for _, l := range links {
			if _, err := l.Write(bytes); err != nil {
				return
			}
		}
		if o.All {
			s.told(s.block.Messages()) // when those who are last have it, too
		}
	}
	if o.End {
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

// Rounds returns how many bursts a pace has.
func (p Pace) Rounds() int { return int(p.For.Seconds() * float64(p.Rate) / float64(p.Burst)) }

// pace writes bursts of messages, each at its moment, which it tells. It computes
// while it waits: a sleep would be late by more than what is measured.
func (s *session) pace(p Pace) {
	conn := <-s.conn
	defer s.takesBack(conn)
	const millisecond = 1000 // of a second
	burst := traffic.Only(s.form, traffic.Added, p.Burst, 0)
	flood := traffic.Only(s.form, traffic.Flood, max(1, p.Flood/millisecond), 0)
	every := time.Duration(float64(time.Second) * float64(p.Burst) / float64(p.Rate))
	next := time.Now()
	also := next
	for round := 0; round < p.Rounds(); {
		now := time.Now()
		switch {
		case !now.Before(next):
			first := s.next.Load()
			s.told(burst.Messages())
			bytes := burst.Stamp(first, now)
			burst.Tell(time.Now())
			if _, err := conn.Write(bytes); err != nil {
				return
			}
			next = next.Add(every)
			round++
		case p.Flood > 0 && !now.Before(also):
			if _, err := conn.Write(flood.Stamp(0, now)); err != nil {
				return
			}
			also = also.Add(time.Millisecond)
		default:
			runtime.Gosched()
		}
	}
}

// beat sends what an idle node does until the client goes: tips every 3 s, and the
// count of final messages every 6 s. It serves the connections in turn.
func (s *session) beat() {
	const (
		turns = 100
		every = 3 * time.Second
	)
	tips := traffic.Only(s.form, traffic.Tips, 1, traffic.RESTTips) // no client counts those
	ticker := time.NewTicker(every / turns)
	defer ticker.Stop()
	for turn := 0; ; turn++ {
		select {
		case <-ticker.C:
		case <-s.over:
			return
		}
		all, count := s.everyone(), traffic.End(s.form, s.finals.Load())
		for i := turn % turns; i < len(all); i += turns {
			_, _ = all[i].Write(tips.Stamp(s.next.Load(), time.Now())) // one that has gone is no matter
			if turn/turns%2 == 0 {
				_, _ = all[i].Write(count)
			}
		}
	}
}
