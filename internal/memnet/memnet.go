// Package memnet is an in-memory network for tests: the true protocol code of
// clients and servers runs over it, inside a testing/synctest bubble or outside.
//
// A [Network] has listeners, found by address, and connections between them and
// whoever dials. Each direction of a connection holds a fixed number of bytes
// (the argument of [New]); a writer waits while that many are unread, so a
// reader's lag can be scripted to the byte. Nothing is delayed, lost or
// reordered except by the faults that a test sets per address: [Network.Refuse],
// [Network.Hang], [Network.Freeze], [Network.FreezeWay], [Network.Strand],
// [Network.ForgetIdle], [Network.Reset], [Network.Cut] and [Network.Slow].
//
// All waiting is done on condition variables and channels, and the only timers
// are those of deadlines and of a slow link, so a bubble sees every blocked goroutine as durably
// blocked and its clock moves on. A Network belongs to the bubble in which its
// methods are called; the package starts no goroutine.
package memnet

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// DefaultBuffer is what each direction of a connection holds, in bytes, if [New]
// was given 0.
const DefaultBuffer = 64 << 10

// A Network is a set of listeners, connections and faults.
// Make one with [New]. All methods may be called concurrently.
type Network struct {
	buffer int // bytes per direction

	mu    sync.Mutex
	hosts map[string]*host
	last  int // number of the last dialer, for its address
}

// A host is what the network knows about one address. It is guarded by the
// network's mutex.
type host struct {
	listener *listener
	links    map[*link]struct{} // open connections
	dials    int
	refused  bool
	hung     bool
	up, down bool          // frozen: what the dialers, what the listener's side sends
	cut      int           // bytes until a new connection is cut; negative: never
	idle     time.Duration // after which a connection is forgotten; 0: never
	pace     Pace          // of new connections
	changed  chan struct{} // closed and replaced when hung or frozen changes
}

// New returns an empty network whose connections hold buffer bytes in each
// direction; 0 means [DefaultBuffer].
func New(buffer int) *Network {
	if buffer <= 0 {
		buffer = DefaultBuffer
	}
	return &Network{buffer: buffer, hosts: make(map[string]*host)}
}

// Listen starts a listener at addr, "host:port" or "host", which means port 80.
// The name is free: it need not be resolvable. Pending connections are not
// limited. The error wraps syscall.EADDRINUSE if the address is taken; it is
// free again when its listener has been closed.
func (n *Network) Listen(addr string) (net.Listener, error) {
	addr = withPort(addr)
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(addr)
	if h.listener != nil {
		return nil, opError("listen", address(addr), os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	h.listener = newListener(n, addr)
	return h.listener, nil
}

// DialContext connects to the listener at addr. Its signature is that of
// http.Transport.DialContext; network is only named in errors. As with TCP, the
// connection exists before the listener accepts it.
//
// The error is a *net.OpError. It wraps syscall.ECONNREFUSED where nobody
// listens, and the error of ctx if that ends while the address hangs.
func (n *Network) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	addr = withPort(addr)
	n.mu.Lock()
	n.hostLocked(addr).dials++
	n.mu.Unlock()
	for {
		conn, wait, err := n.dial(addr)
		if ended := ctx.Err(); ended != nil && err == nil {
			err = ended
			if conn != nil {
				_ = conn.Close()
			}
		}
		if err != nil {
			return nil, opError("dial", address(addr), err)
		}
		if conn != nil {
			return conn, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
		}
	}
}

// dial makes one try. A channel instead of a connection says that the address
// hangs; it is closed when that may have changed.
func (n *Network) dial(addr string) (*conn, <-chan struct{}, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(addr)
	switch {
	case h.hung || h.up || h.down:
		return nil, h.changed, nil
	case h.refused || h.listener == nil:
		return nil, nil, os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	n.last++
	l := newLink(n, addr, address(fmt.Sprintf("dialer:%d", n.last)), h.cut)
	l.remember(h.idle)
	l.slow(h.pace)
	h.links[l] = struct{}{}
	h.listener.push(&l.server)
	return &l.client, nil, nil
}

// Client returns a new client whose transport dials this network: no proxy, no
// TLS, connections are kept alive. Call CloseIdleConnections on it at the end of
// a test.
func (n *Network) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: n.DialContext}}
}

// Conns returns how many connections of addr are open. One counts until both
// ends have been closed, or it was reset.
func (n *Network) Conns(addr string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.hostLocked(withPort(addr)).links)
}

// Dials returns how often addr was dialled, in vain or not.
func (n *Network) Dials(addr string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hostLocked(withPort(addr)).dials
}

// hostLocked returns the host of an address with a port.
func (n *Network) hostLocked(addr string) *host {
	h, ok := n.hosts[addr]
	if !ok {
		h = &host{links: make(map[*link]struct{}), cut: -1, changed: make(chan struct{})}
		n.hosts[addr] = h
	}
	return h
}

// forget takes a connection of which nothing is left from the books.
func (n *Network) forget(addr string, l *link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.hostLocked(addr).links, l)
}

// release frees the address of a closed listener.
func (n *Network) release(l *listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if h := n.hostLocked(string(l.addr)); h.listener == l {
		h.listener = nil
	}
}

// An address is the net.Addr of listeners and connections.
type address string

// Network returns "mem".
func (address) Network() string { return "mem" }

// String returns "host:port".
func (a address) String() string { return string(a) }

func withPort(addr string) string {
	if strings.Contains(addr, ":") {
		return addr
	}
	return addr + ":80"
}

func opError(op string, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: addr.Network(), Addr: addr, Err: err}
}
