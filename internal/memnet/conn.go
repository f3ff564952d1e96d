package memnet

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A link is one connection: two pipes and the two ends that share them.
type link struct {
	network        *Network
	addr           string // of the listener
	up, down       pipe   // from the dialer, to the dialer
	client, server conn
	ends           atomic.Int32 // ends that are still open
	memory         memory       // of a NAT on the way
}

// newLink makes a connection whose downward pipe is cut after so many bytes.
func newLink(n *Network, addr string, dialer address, cut int) *link {
	l := &link{network: n, addr: addr}
	l.ends.Store(2)
	l.up.start(n.buffer)
	l.down.start(n.buffer)
	l.down.onCut = l.up.sever
	l.cutAfter(cut)
	l.client = conn{link: l, in: &l.down, out: &l.up, local: dialer, remote: address(addr)}
	l.server = conn{link: l, in: &l.up, out: &l.down, local: address(addr), remote: dialer}
	return l
}

// cutAfter ends the link after so many bytes more to the dialer.
func (l *link) cutAfter(bytes int) {
	l.down.change(func() { l.down.cut = bytes })
	if bytes == 0 {
		l.down.sever()
		l.up.sever()
	}
}

func (l *link) pipe(w Way) *pipe {
	if w == Up {
		return &l.up
	}
	return &l.down
}

// strand stops the link for good.
func (l *link) strand() {
	l.up.strand()
	l.down.strand()
}

// remember strands the link when it is used after having been idle for longer
// than d; 0: never.
func (l *link) remember(d time.Duration) {
	l.memory.mu.Lock()
	defer l.memory.mu.Unlock()
	l.memory.idle, l.memory.last = d, time.Now()
}

// slow sets the pace of the link.
func (l *link) slow(p Pace) {
	l.up.change(func() { l.up.pace.set(p) })
	l.down.change(func() { l.down.pace.set(p) })
}

// A memory is that of a NAT about one link.
type memory struct {
	mu   sync.Mutex
	idle time.Duration
	last time.Time // something was sent
}

// use notes that something is sent, and reports whether the link is forgotten.
func (m *memory) use() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	forgotten := m.idle > 0 && time.Since(m.last) > m.idle
	m.last = time.Now()
	return forgotten
}

// A conn is one end of a link. It behaves as a *net.TCPConn does: any number of
// goroutines may use it, errors are *net.OpError except io.EOF.
type conn struct {
	link          *link
	in, out       *pipe
	local, remote address
	closed        atomic.Bool
}

// Read waits for bytes. It returns io.EOF when the other end has been closed and
// all that it wrote has been read.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.in.read(b)
	return n, c.wrap("read", err)
}

// Write waits until the other end has room for all of b. It returns
// syscall.EPIPE, wrapped, when the other end has been closed.
func (c *conn) Write(b []byte) (int, error) {
	if c.link.memory.use() {
		c.link.strand()
	}
	n, err := c.out.write(b)
	return n, c.wrap("write", err)
}

// CloseWrite ends the stream towards the other end, which reads the rest and then
// EOF. Reading goes on.
func (c *conn) CloseWrite() error {
	if c.closed.Load() {
		return opError("close", c.remote, net.ErrClosed)
	}
	c.out.closeWriter()
	return nil
}

// Close sends a FIN and forgets what was not read. Blocked calls return
// net.ErrClosed, wrapped, as a second Close does.
func (c *conn) Close() error {
	if c.closed.Swap(true) {
		return opError("close", c.remote, net.ErrClosed)
	}
	c.out.closeWriter()
	c.in.closeReader()
	c.out.refuseWriter()
	if c.link.ends.Add(-1) == 0 {
		c.link.network.forget(c.link.addr, c.link)
	}
	return nil
}

// LocalAddr returns the address of this end.
func (c *conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the address of the other end.
func (c *conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline sets both deadlines; a call that passes one returns
// os.ErrDeadlineExceeded, wrapped. The zero time means none.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline sets the deadline of present and later reads.
func (c *conn) SetReadDeadline(t time.Time) error {
	if c.closed.Load() {
		return opError("set", c.remote, net.ErrClosed)
	}
	c.in.setDeadline(&c.in.reading, t)
	return nil
}

// SetWriteDeadline sets the deadline of present and later writes.
func (c *conn) SetWriteDeadline(t time.Time) error {
	if c.closed.Load() {
		return opError("set", c.remote, net.ErrClosed)
	}
	c.out.setDeadline(&c.out.writing, t)
	return nil
}

// wrap names the operation, as package net does.
func (c *conn) wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: c.local.Network(), Source: c.local, Addr: c.remote, Err: err}
}
