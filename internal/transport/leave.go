package transport

import (
	"context"
	"time"

	"github.com/adic/adic-go/internal/wire"
	"github.com/coder/websocket"
)

const (
	leaveTime  = time.Second    // bounds the goodbye
	answerTime = leaveTime / 10 // and in it the wait for an answer to the farewell
)

// Close implements Stream. It takes as long as the server takes to answer the
// Close frame, a second at most; a node never answers it.
func (s *webSocket) Close() {
	s.finish(ErrClosed, func() { s.leave(websocket.StatusNormalClosure) })
	s.workers.Wait()
}

// leave says goodbye so that a node frees the connection's slot at its next
// event: by Unsubscribe, which turns the set into all, then by a Close frame.
// One whose set matches nothing would keep the slot until the node restarts. The
// answer, Unsubscribed or Pong, also ends a Next that waits for a quiet server.
func (s *webSocket) leave(code websocket.StatusCode) {
	timer := time.AfterFunc(leaveTime, s.keeper.cut)
	defer timer.Stop()
	s.mu.Lock()
	types := s.types
	s.mu.Unlock()
	farewell := wire.Ping()
	if types != nil {
		farewell = wire.Unsubscribe(types, s.ask.spelling)
	}
	if s.conn.Write(context.Background(), websocket.MessageText, farewell) == nil {
		s.letGo()
	}
	_ = s.conn.Close(code, "")
}

// letGo waits for a pending Next to return: from here on the library throws away
// what it reads, and a Next would wait for the end of the goodbye.
func (s *webSocket) letGo() {
	if !s.keeper.life.waits() {
		return
	}
	timer := time.NewTimer(answerTime)
	defer timer.Stop()
	select {
	case <-s.left:
	case <-timer.C:
	}
}

// abort drops the connection.
func (s *webSocket) abort() {
	s.keeper.cut()
	_ = s.conn.CloseNow()
}

// fail ends the stream because of err and drops the connection.
func (s *webSocket) fail(err error) { s.finish(err, s.abort) }

// finish ends the stream because of err, and the connection by how. If it was
// ended before, that is waited for: on a channel, for a wait for a mutex would
// hold up a test's fake time, and so the goodbye itself.
func (s *webSocket) finish(err error, how func()) {
	if !s.end.because(err) {
		<-s.gone
		return
	}
	s.noMore()
	how()
	close(s.gone)
}
