package source

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// A Server serves many sessions.
type Server struct {
	http, nats, orders net.Listener

	mu       sync.Mutex
	sessions map[int]*session
	last     int
}

// Run serves until in ends, and tells out where to send orders.
func Run(in io.Reader, out io.Writer) error {
	s := &Server{sessions: make(map[int]*session)}
	var listen net.ListenConfig
	for _, l := range []*net.Listener{&s.http, &s.nats, &s.orders} {
		var err error
		if *l, err = listen.Listen(context.Background(), "tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	web := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = web.Serve(s.http) }()
	go serve(s.nats, s.speakNATS)
	go serve(s.orders, s.control)
	if _, err := fmt.Fprintln(out, s.orders.Addr()); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, in)
	return err
}

func serve(l net.Listener, speak func(net.Conn)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go speak(conn)
	}
}

func (s *Server) open(o Order) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	now := &session{number: s.last, form: o.Open, began: time.Now(), conn: make(chan *link, 1)}
	now.block = traffic.NewBlock(o.Open, traffic.BlockLen)
	if o.Tips > 0 {
		now.block = traffic.Single(o.Open, traffic.Tips, o.Tips)
	}
	now.next.Store(traffic.History)
	s.sessions[now.number] = now
	return now
}

func (s *Server) drop(now *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, now.number)
}

func (s *Server) session(number string) *session {
	n, _ := strconv.Atoi(number)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[n]
}

// ServeHTTP implements http.Handler: /s/<session>/<what a node serves>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/s/"), "/")
	now := s.session(number)
	switch {
	case now == nil:
		http.NotFound(w, r)
	case r.Header.Get("Upgrade") != "":
		now.upgrade(w, r)
	case path == "v1/sse/events":
		now.stream(w)
	case path == "gateway": // Discord's
		answer(w, map[string]string{"url": "ws://" + r.Host + "/s/" + number})
	default:
		now.requests.Add(1)
		now.rest(w, r, path)
	}
}

// cpu returns what the process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
