package source

import (
	"io"
	"net/http"
)

// stream answers with server-sent events, each block in a chunk, and waits for the
// client's end.
func (s *session) stream(w http.ResponseWriter) {
	raw, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	l := &link{Conn: raw}
	defer func() { _ = l.Close() }()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"
	if _, err := io.WriteString(l, head); err != nil {
		return
	}
	s.takes(l)
	_, _ = io.Copy(io.Discard, raw)
}
