package memnet

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
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hostLocked(withPort(addr))
	h.frozen = on
	h.changeLocked()
	for l := range h.links {
		l.up.freeze(on)
		l.down.freeze(on)
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
