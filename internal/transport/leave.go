package transport

import (
	"context"
	"time"

	"github.com/adic/adic-go/internal/wire"
	"github.com/coder/websocket"
)

// leaveTime bounds the goodbye.
const leaveTime = time.Second

// Close implements Stream. It takes as long as the server takes to answer the
// Close frame, a second at most; a node never answers it.
func (s *webSocket) Close() {
	polite := s.end.because(ErrClosed)
	s.finish(func() {
		if polite {
			s.leave(websocket.StatusNormalClosure)
		} else {
			s.abort()
		}
	})
	s.workers.Wait()
}

// leave says goodbye so that a node frees the connection's slot at its next
// event: by Unsubscribe, which turns the set into all, then by a Close frame.
// One whose set matches nothing would keep the slot until the node restarts.
func (s *webSocket) leave(code websocket.StatusCode) {
	timer := time.AfterFunc(leaveTime, s.keeper.cut)
	defer timer.Stop()
	s.mu.Lock()
	types := s.types
	s.mu.Unlock()
	if types != nil {
		_ = s.conn.Write(context.Background(), websocket.MessageText, wire.Unsubscribe(types, s.ask.spelling))
	}
	_ = s.conn.Close(code, "")
}

// finish ends the connection with the first fn that it is called with, and
// returns when that is done. It waits on a channel, not on a sync.Once: a wait
// for a mutex would hold up a test's fake time, and so the goodbye it waits for.
func (s *webSocket) finish(fn func()) {
	if !s.leaving.CompareAndSwap(false, true) {
		<-s.gone
		return
	}
	fn()
	close(s.gone)
}

// abort drops the connection.
func (s *webSocket) abort() {
	s.keeper.cut()
	_ = s.conn.CloseNow()
}

// fail ends the stream because of err and drops the connection.
func (s *webSocket) fail(err error) {
	s.end.because(err)
	s.finish(s.abort)
}
