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
	nats, orders net.Listener
	hosts        []string // of HTTP

	mu       sync.Mutex
	sessions map[int]*session
	last     int
}

// loopbacks are the addresses of HTTP: each has ports for 28,000 connections.
const loopbacks = 4

// Roomy allows as many open files as the system does.
func Roomy() {
	const want = 1 << 16
	limit := syscall.Rlimit{Cur: want, Max: want}
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// Run serves until in ends, and tells out where to send orders.
func Run(in io.Reader, out io.Writer) error {
	s := &Server{sessions: make(map[int]*session)}
	Roomy()
	var listen net.ListenConfig
	for _, l := range []*net.Listener{&s.nats, &s.orders} {
		var err error
		if *l, err = listen.Listen(context.Background(), "tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	web := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	for i := range loopbacks {
		l, err := listen.Listen(context.Background(), "tcp", fmt.Sprintf("127.0.0.%d:0", i+1))
		if err != nil && i == 0 {
			return err
		}
		if err == nil {
			s.hosts = append(s.hosts, l.Addr().String())
			go func() { _ = web.Serve(l) }()
		}
	}
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
	now := &session{
		number: s.last, form: o.Open, began: time.Now(), conn: make(chan *link, 1), over: make(chan struct{}),
		block: traffic.NewBlock(o.Open), history: traffic.History,
	}
	if o.Tips > 0 {
		now.block = traffic.Only(o.Open, traffic.Tips, traffic.BlockLen, o.Tips)
		now.history = max(now.history, uint64(o.Tips))
	}
	now.next.Store(now.history)
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
