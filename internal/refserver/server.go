package refserver

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

// The paths of the streams.
const (
	SocketPath = "/v1/ws/events"
	SSEPath    = "/v1/sse/events"
)

// noDeadline takes the deadlines from a connection.
var noDeadline time.Time

// A Server is an http.Handler that behaves as a node, or as a server that was
// built from the guide. Make one with New; end it with Close. All methods may be
// called concurrently.
type Server struct {
	cfg    Config
	known  catalogue // guide dialect: the names it accepts
	ledger *ledger.Ledger
	rest   http.Handler
	bus    *bus
	faults *faults
	book   *book         // requests and counts
	script *script       // what was announced
	serial atomic.Uint64 // of the connections, for their random order
	token  atomic.Pointer[string]

	quit    chan struct{}  // closed by Close
	serving sync.WaitGroup // streams

	mu      sync.Mutex
	closed  bool
	links   map[*link]struct{}
	slots   int // WebSockets that count against cfg.MaxSockets
	servers []*http.Server
}

// New returns a server. It starts nothing: scripted events go out at once, ticks
// and growth need Run.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{
		cfg:    cfg,
		known:  newCatalogue(cfg.Known),
		ledger: ledger.New(cfg.Seed),
		bus:    newBus([lanes]int{cfg.HighBuffer, cfg.MediumBuffer, cfg.LowBuffer}),
		faults: newFaults(),
		book:   newBook(),
		quit:   make(chan struct{}),
		links:  make(map[*link]struct{}),
	}
	s.SetToken(cfg.Token)
	s.script = newScript(s)
	s.rest = newREST(s.ledger, s.Stats, restOptions{
		guide:           cfg.Dialect == Guide,
		now:             s.now,
		websocketOff:    cfg.DisableWebSocket,
		sseOff:          cfg.DisableSSE,
		forgetPeerDepth: cfg.Untruths.ForgetDepth,
	})
	return s
}

// now is the server's clock.
func (s *Server) now() time.Time { return time.Now().Add(s.cfg.Skew) }

// ServeHTTP implements http.Handler. Streams need a connection that can be
// hijacked: HTTP/1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	part := partOf(r.URL.Path)
	s.book.record(r, part, s.now())
	if s.isClosed() || s.misbehaves(w, r, part) {
		return
	}
	w = s.dripping(w, part)
	if s.cors(w, r) || s.unauthorized(w, r) || s.limited(w) {
		return
	}
	switch {
	case part == WebSocket && !s.cfg.DisableWebSocket:
		s.serveSocket(w, r)
	case part == SSE && !s.cfg.DisableSSE:
		s.serveSSE(w, r)
	default:
		s.rest.ServeHTTP(w, r)
	}
}

func partOf(path string) Part {
	switch path {
	case SocketPath:
		return WebSocket
	case SSEPath:
		return SSE
	default:
		return REST
	}
}

// Serve answers the connections of a listener until Close. The error is nil
// after Close, and that of the listener otherwise.
func (s *Server) Serve(l net.Listener) error {
	h := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return l.Close()
	}
	s.servers = append(s.servers, h)
	s.mu.Unlock()
	if err := h.Serve(l); !s.isClosed() {
		return err
	}
	return nil
}

// Close ends every stream as a node that stops: a bare FIN, no Close frame, no
// end of the chunked body. It waits until they are gone and leaves REST requests
// to their HTTP server, unless that is Serve's. Later requests get no answer.
func (s *Server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.quit)
	}
	servers := s.servers
	s.servers = nil
	s.mu.Unlock()
	for _, h := range servers {
		_ = h.Close() // the listener's error helps nobody now
	}
	s.endLinks(Streams, false)
	s.serving.Wait()
}

func (s *Server) isClosed() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}

// endLinks ends the connections of p.
func (s *Server) endLinks(p Part, reset bool) int {
	s.mu.Lock()
	var hit []*link
	for l := range s.links {
		if l.part&p != 0 {
			hit = append(hit, l)
		}
	}
	s.mu.Unlock()
	for _, l := range hit {
		l.end(reset)
	}
	return len(hit)
}

// register counts a stream that has begun, unless the server is closed.
func (s *Server) register(l *link) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.serving.Add(1)
	s.links[l] = struct{}{}
	s.book.opened(l.part)
	return true
}

// forget is the end of a stream.
func (s *Server) forget(l *link) {
	l.end(false)
	s.mu.Lock()
	delete(s.links, l)
	s.mu.Unlock()
	s.book.ended(l.part)
	s.serving.Done()
}

func (s *Server) takeSlot() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slots >= s.cfg.MaxSockets {
		return false
	}
	s.slots++
	return true
}

func (s *Server) freeSlot() {
	s.mu.Lock()
	s.slots--
	s.mu.Unlock()
	s.book.changed()
}

// Sockets returns how many of the MaxSockets slots are taken, also by
// connections that are gone without the server's knowing.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slots
}
