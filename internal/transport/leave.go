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
	s.finish(ErrClosed, func() { s.leave(websocket.StatusNormalClosure) })
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
	how()
	close(s.gone)
}
