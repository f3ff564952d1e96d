package memnet

import (
	"net"
	"sync"
)

// A listener hands out the server ends of connections in the order of the dials.
type listener struct {
	network *Network
	addr    address

	mu      sync.Mutex
	arrived sync.Cond
	pending []*conn
	closed  bool
}

func newListener(n *Network, addr string) *listener {
	l := &listener{network: n, addr: address(addr)}
	l.arrived.L = &l.mu
	return l
}

// Accept waits for a connection. After Close it returns net.ErrClosed, wrapped.
func (l *listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.pending) == 0 && !l.closed {
		l.arrived.Wait()
	}
	if l.closed {
		return nil, opError("accept", l.addr, net.ErrClosed)
	}
	c := l.pending[0]
	l.pending = l.pending[1:]
	return c, nil
}

// push adds a connection. The network calls it with its mutex held, so the
// listener takes the network's only without its own.
func (l *listener) push(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, c)
	l.arrived.Signal()
}

// Close frees the address, so that later dials are refused, and closes the
// connections that were not accepted. The others stay open. A second Close
// returns net.ErrClosed, wrapped.
func (l *listener) Close() error {
	l.network.release(l) // first: nothing is pushed after it
	l.mu.Lock()
	was, pending := l.closed, l.pending
	l.closed, l.pending = true, nil
	l.arrived.Broadcast()
	l.mu.Unlock()
	for _, c := range pending {
		_ = c.Close()
	}
	if was {
		return opError("close", l.addr, net.ErrClosed)
	}
	return nil
}

// Addr returns the address that was given to Listen, with its port.
func (l *listener) Addr() net.Addr { return l.addr }
