package memnet

import "time"

// Refuse makes dials of addr fail at once with syscall.ECONNREFUSED, or lets
// them through again. Connections that are open stay open.
func (n *Network) Refuse(addr string, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hostLocked(withPort(addr)).refused = on
}

// Hang makes dials of addr wait until their context ends, as if a firewall
// dropped every packet, or lets waiting and later ones through. Connections that
// are open stay open.
func (n *Network) Hang(addr string, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(withPort(addr))
	h.hung = on
	h.changeLocked()
}

// Freeze stops every byte of every connection of addr, in both directions, or
// lets them move on: a link that is half-open. What is written meanwhile fills
// the buffers and arrives after the thaw; a Close is not seen by the other side
// before it; dials hang.
func (n *Network) Freeze(addr string, on bool) {
	n.FreezeWay(addr, Up, on)
	n.FreezeWay(addr, Down, on)
}

// A Way is a direction of a connection.
type Way uint8

// The ways.
const (
	Up   Way = iota // from the dialer to the listener's side
	Down            // from the listener's side to the dialer
)

// FreezeWay is Freeze in one direction. Dials hang as long as either is frozen.
func (n *Network) FreezeWay(addr string, w Way, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(withPort(addr))
	if w == Up {
		h.up = on
	} else {
		h.down = on
	}
	h.changeLocked()
	for l := range h.links {
		l.pipe(w).freeze(on)
	}
}

// Strand freezes every open connection of addr for good and lets new ones pass: the
// dialer's address has changed, a NAT has forgotten it, or a proxy has lost the
// server and does not say so. A Reset ends what is stranded.
func (n *Network) Strand(addr string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for l := range n.hostLocked(withPort(addr)).links {
		l.strand()
	}
}

// ForgetIdle strands each connection of addr, later ones too, as soon as a byte is
// sent after none was sent for longer than d, as a NAT does. 0 ends that for later
// ones and those that are not stranded.
func (n *Network) ForgetIdle(addr string, d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(withPort(addr))
	h.idle = d
	for l := range h.links {
		l.remember(d)
	}
}

// Slow sets the pace of every connection of addr, later ones too. The zero Pace lets
// bytes pass at once; what is under way keeps its time.
func (n *Network) Slow(addr string, p Pace) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(withPort(addr))
	h.pace = p
	for l := range h.links {
		l.slow(p)
	}
}

// Reset ends every open connection of addr at once, also a frozen one: what is
// under way is lost, and both ends read and write syscall.ECONNRESET. Those not
// yet accepted are reset too.
func (n *Network) Reset(addr string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(withPort(addr))
	for l := range h.links {
		l.up.abort()
		l.down.abort()
	}
	clear(h.links)
}

// Cut ends every connection of addr after the listener's side has sent so many
// bytes: the dialer reads exactly those and then EOF, and the listener's side
// gets syscall.EPIPE for the rest. For open connections it counts from now, for
// later ones from their first byte. 0 ends them at once; a negative number lifts
// the cut for those that it has not ended.
func (n *Network) Cut(addr string, bytes int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(withPort(addr))
	h.cut = max(bytes, -1)
	for l := range h.links {
		l.cutAfter(h.cut)
	}
}

// changeLocked wakes the dials that hang.
func (h *host) changeLocked() {
	close(h.changed)
	h.changed = make(chan struct{})
}
