package refserver

import (
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// misbehaves applies the faults of a part to a request, and reports whether that
// was all the answer it gets.
func (s *Server) misbehaves(w http.ResponseWriter, r *http.Request, part Part) bool {
	if !s.thawed(r, part) {
		hangUpOn(w)
		return true
	}
	a, refused := s.faults.refusal(r.URL.Path, part)
	if !refused {
		return false
	}
	if a.Status == 0 {
		hangUpOn(w)
		return true
	}
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body)) // a client that is gone needs no answer
	return true
}

// thawed waits while a part is frozen. It is false if the client or the server
// has gone meanwhile.
func (s *Server) thawed(r *http.Request, part Part) bool {
	for {
		f, changed := s.faults.of(part)
		if !f.frozen {
			return true
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return false
		case <-s.quit:
			return false
		}
	}
}

// hangUpOn ends the connection of a request without an answer.
func hangUpOn(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		hangUp(conn, false)
	}
}

// dripping returns a writer for REST answers that obeys Drip.
func (s *Server) dripping(w http.ResponseWriter, part Part) http.ResponseWriter {
	if f, _ := s.faults.of(part); part == REST && f.drip > 0 {
		return &dripWriter{ResponseWriter: w, fault: f, quit: s.quit}
	}
	return w
}

type dripWriter struct {
	http.ResponseWriter

	fault fault
	quit  <-chan struct{}
}

// Write sends a few bytes at a time.
func (d *dripWriter) Write(b []byte) (int, error) {
	tick := time.NewTicker(d.fault.pause)
	defer tick.Stop()
	for n := 0; ; {
		end := min(n+d.fault.drip, len(b))
		m, err := d.ResponseWriter.Write(b[n:end])
		if n += m; err != nil || n == len(b) {
			return n, err
		}
		if err := http.NewResponseController(d.ResponseWriter).Flush(); err != nil {
			return n, err
		}
		select {
		case <-tick.C:
		case <-d.quit:
			return n, http.ErrServerClosed
		}
	}
}

// cors lets browsers of any origin in, and answers their preflights. A node does
// not.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) bool {
	if s.cfg.Dialect == Node {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodOptions {
		return false
	}
	w.Header().Set("Access-Control-Allow-Methods", "GET, OPTIONS")
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// SetToken changes the bearer token that each request must carry from now on, ""
// for none. Streams that are open stay open.
func (s *Server) SetToken(text string) { s.token.Store(&text) }

// unauthorized answers a request without the right token, with a node's words.
func (s *Server) unauthorized(w http.ResponseWriter, r *http.Request) bool {
	wanted := *s.token.Load()
	if wanted == "" {
		return false
	}
	said := r.Header.Get("Authorization")
	token, ok := strings.CutPrefix(said, "Bearer ")
	switch {
	case said == "":
		replyText(w, http.StatusUnauthorized, "Missing authentication token")
	case !ok || token != wanted:
		replyText(w, http.StatusUnauthorized, "Invalid authentication token")
	default:
		return false
	}
	return true
}

// limited answers 429 to requests beyond the rate. Minutes are counted from the
// first request, not from the clock's.
func (s *Server) limited(w http.ResponseWriter) bool {
	wait, ok := s.book.admit(s.cfg.RequestsPerMinute, s.now())
	if ok {
		return false
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	replyText(w, http.StatusTooManyRequests, "Rate limit exceeded")
	return true
}
