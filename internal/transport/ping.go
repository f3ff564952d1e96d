package transport

import (
	"context"
	"math/bits"
	"time"

	"github.com/adic/adic-go/fallback"
)

// keepAlive begins to ping the server: an interval after the opening, and from the
// second ping on a part of an interval early that is this stream's own, so that
// thousands of streams that were opened together do not ping together, and none waits
// for longer than an interval. No goroutine waits for that.
//
// A ping that brings nothing for as long as the next one is away ends the stream:
// not the pong, not any other byte, while Next was waiting for it all the time.
// Its pongs are also what keeps a proxy from closing a quiet connection.
func (s *webSocket) keepAlive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due = s.opened.Add(s.pings - phase(s.opened, s.pings/4))
	s.timer = time.AfterFunc(s.pings, s.ping)
}

// phase draws from [0, within) what two streams that were opened one after the
// other have not in common.
func phase(opened time.Time, within time.Duration) time.Duration {
	const golden = 0x9E3779B97F4A7C15 // spreads whatever differs over all bits
	part, _ := bits.Mul64(uint64(opened.UnixNano())*golden, uint64(within))
	return time.Duration(part)
}

// ping runs when a ping is due. While the consumer is busy there are none: a
// server that cannot send does not read either, perhaps, and they would pile up.
func (s *webSocket) ping() {
	if !s.begin() {
		return
	}
	defer s.workers.Done()
	if !s.keeper.life.stalled(time.Now()) {
		ctx, stop := context.WithTimeout(context.Background(), s.pings)
		err := s.conn.Ping(ctx)
		stop()
		quiet := s.keeper.life.quiet(time.Now())
		if err != nil && quiet >= s.pings {
			s.dialer.idle()
			s.fail(&IdleError{Transport: fallback.WebSocket, After: quiet})
			return
		}
	}
	s.again()
}

// begin announces a ping, false if the stream has ended.
func (s *webSocket) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer == nil {
		return false
	}
	s.workers.Add(1)
	return true
}

// again has the next ping made when it is due.
func (s *webSocket) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer == nil {
		return
	}
	now := time.Now()
	s.due = s.due.Add(s.pings)
	if s.due.Before(now) {
		s.due = now
	}
	s.timer.Reset(s.due.Sub(now))
}

// noMore ends the pings, but for one that is being made.
func (s *webSocket) noMore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}
