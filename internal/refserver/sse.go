package refserver

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// heartbeat is the comment that keeps an SSE stream alive.
const heartbeat = ": heartbeat\n\n"

// serveSSE answers GET /v1/sse/events.
func (s *Server) serveSSE(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET,HEAD")
		replyEmpty(w, http.StatusMethodNotAllowed)
		return
	}
	q, cause := s.cfg.Dialect.parseQuery(r.URL.RawQuery, true)
	if cause != "" {
		replyBadQuery(w, cause)
		return
	}
	f := nodeFilter(q)
	if s.cfg.Dialect == Guide {
		var unknown []string
		if f, _, unknown = s.known.guideFilter(q); len(unknown) > 0 {
			replyText(w, http.StatusBadRequest, "Invalid event type: "+unknown[0])
			return
		}
	}
	// The stream exists before the head is written, so what happens once the
	// client sees the head is not lost.
	rx := s.bus.join(s.now())
	defer s.bus.leave(rx)
	l, br := s.takeOver(w, SSE)
	if l == nil {
		return
	}
	defer s.forget(l)
	v := &stream{link: l, server: s, chunked: r.ProtoAtLeast(1, 1), filter: f}
	if s.cfg.Dialect == Node || !q.quiet() {
		v.every = s.cfg.Heartbeat
	}
	if l.head(v.headBytes()) != nil {
		return
	}
	var reading sync.WaitGroup
	reading.Go(func() { v.watch(br) })
	defer reading.Wait()
	defer l.end(false)
	if l.mortal() == nil {
		v.loop(s.newPump(rx, SSE))
	}
}

// A stream is one SSE connection. Its loop runs on the goroutine of the request.
type stream struct {
	*link

	server  *Server
	chunked bool // HTTP/1.0 has no chunks
	filter  *filter
	every   time.Duration // silence before a heartbeat; 0: none
}

func (v *stream) headBytes() []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n")
	if v.server.cfg.Dialect == Guide {
		b.WriteString("access-control-allow-origin: *\r\n")
	}
	if v.chunked {
		b.WriteString("transfer-encoding: chunked\r\n")
	}
	fmt.Fprintf(&b, "date: %s\r\n\r\n", v.server.now().UTC().Format(http.TimeFormat))
	return b.Bytes()
}

// watch ends the connection as soon as the client does: SSE leaks nothing.
func (v *stream) watch(br *bufio.Reader) {
	_, _ = io.Copy(io.Discard, br) // whatever a client says after its request
	v.end(false)
}

// loop sends events, and a heartbeat where there has been none for a while.
func (v *stream) loop(p *pump) {
	silence := time.NewTimer(v.every)
	defer silence.Stop()
	if v.every <= 0 {
		silence.Stop()
	}
	for {
		for f := p.next(); f != nil; f = p.next() {
			sent, err := v.send(f)
			if err != nil {
				return
			}
			if sent && v.every > 0 {
				silence.Reset(v.every)
			}
		}
		select {
		case <-v.done:
			return
		case <-p.rx.wake:
		case <-silence.C:
			if v.write(v.chunk([]byte(heartbeat))) != nil {
				return
			}
			silence.Reset(v.every)
		}
	}
}

// send writes a frame if the filter wants it.
func (v *stream) send(f *frame) (sent bool, err error) {
	switch {
	case f.raw&SSE != 0:
		return true, v.write(v.chunk(f.sse))
	case f.raw != 0 || !v.filter.match(f):
		return false, nil
	default:
		v.server.countSSE()
		return true, v.event(v.chunk(f.sse))
	}
}

// chunk frames bytes as one HTTP chunk: a node makes one of each event, whatever
// its size.
func (v *stream) chunk(b []byte) []byte {
	if !v.chunked {
		return b
	}
	return append(append(fmt.Appendf(nil, "%x\r\n", len(b)), b...), "\r\n"...)
}
