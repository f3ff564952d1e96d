package refserver

import (
	"math/rand/v2"
	"net/http"
	"sync"
)

// Pool returns a handler that answers each request, streams too, by one of the
// servers, chosen at random: several nodes behind one address, without
// stickiness. The same seed makes the same choices; 0 takes the servers in turn.
// The handler may be used concurrently. Pool without servers answers 503.
func Pool(seed uint64, servers ...*Server) http.Handler {
	p := &pool{servers: servers}
	if seed != 0 {
		p.rng = rand.New(rand.NewPCG(seed, 0))
	}
	return p
}

type pool struct {
	servers []*Server

	mu   sync.Mutex
	rng  *rand.Rand // nil: in turn
	turn int
}

// ServeHTTP implements http.Handler.
func (p *pool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(p.servers) == 0 {
		replyText(w, http.StatusServiceUnavailable, "no server")
		return
	}
	p.servers[p.next()].ServeHTTP(w, r)
}

func (p *pool) next() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rng != nil {
		return p.rng.IntN(len(p.servers))
	}
	n = p.turn
	p.turn = (p.turn + 1) % len(p.servers)
	return n
}
