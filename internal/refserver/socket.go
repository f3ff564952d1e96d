package refserver

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
)

// A socket is one WebSocket, framed by hand: no library lets a server ignore a
// Close frame or go on after a broken one, and a node does both.
//
//	reader   frames off the connection ─► commands ─┐
//	loop     lanes of the bus ──────────────────────┴─► filter, answers, events
//
// The loop runs on the goroutine of the request; it owns the filter and waits
// for the reader.
type socket struct {
	*link

	server   *Server
	reader   wsReader
	filter   *filter
	commands chan command
	gone     chan struct{} // closed by the reader when the client has closed
}

// serveSocket answers GET /v1/ws/events.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if refuseUpgrade(w, r) {
		return
	}
	q, cause := s.cfg.Dialect.parseQuery(r.URL.RawQuery, false)
	if cause != "" {
		replyBadQuery(w, cause)
		return
	}
	if !s.takeSlot() {
		replyText(w, http.StatusServiceUnavailable, "Too many WebSocket connections")
		return
	}
	defer s.freeSlot()
	k := &socket{server: s, commands: make(chan command), gone: make(chan struct{})}
	greeting := k.greet(q)
	l, br := s.takeOver(w, WebSocket)
	if l == nil {
		return
	}
	defer s.forget(l)
	k.link, k.reader.br = l, br
	head := upgradeHead(r.Header.Get("Sec-WebSocket-Key"), s.now())
	late := s.cfg.Untruths.LateStart
	if late > 0 && (l.head(head) != nil || l.pause(late) != nil) {
		return
	}
	rx := s.bus.join(s.now())
	defer s.bus.leave(rx)
	if late <= 0 && l.head(head) != nil {
		return
	}
	var reading sync.WaitGroup
	reading.Go(k.read)
	defer reading.Wait()
	defer l.end(false)
	if k.answer(greeting) == nil && l.mortal() == nil {
		k.loop(s.newPump(rx, WebSocket))
	}
}

// greet makes the filter and returns the first frames: none on a node.
func (k *socket) greet(q query) [][]byte {
	if k.server.cfg.Dialect == Node {
		k.filter = nodeFilter(q)
		return nil
	}
	f, known, unknown := k.server.known.guideFilter(q)
	k.filter = f
	return withErrors(unknown, subscribed(known))
}

// newPump returns the pump of one connection.
func (s *Server) newPump(rx *receiver, part Part) *pump {
	p := &pump{bus: s.bus, rx: rx, deafens: part == WebSocket && s.cfg.Dialect == Node}
	p.lost = func(l Loss) { l.Part = part; s.book.lost(l) }
	if s.cfg.Dialect == Node {
		p.rng = rand.New(rand.NewPCG(s.cfg.Seed, s.serial.Add(1)))
	}
	return p
}

// loop sends events and answers until the connection ends. A node does not mind
// that the client is gone before it has something to say to it; until then the
// connection keeps its slot.
func (k *socket) loop(p *pump) {
	for {
		var err error
		if f := p.next(); f != nil {
			err = k.send(f)
		} else {
			err = k.wait(p)
		}
		if err != nil {
			return
		}
		select { // a command goes before the next event
		case c := <-k.commands:
			err = k.obey(p, c)
		default:
		}
		if err != nil {
			return
		}
	}
}

// wait waits for a command, which it carries out, or for events.
func (k *socket) wait(p *pump) error {
	select {
	case c := <-k.commands:
		return k.obey(p, c)
	case <-p.rx.wake:
		return nil
	case <-k.done:
		return net.ErrClosed
	}
}

var errGone = errors.New("refserver: websocket: the client has closed")

// send writes a frame if the filter wants it.
func (k *socket) send(f *frame) error {
	if f.raw != 0 {
		if f.raw&WebSocket == 0 {
			return nil
		}
		return k.write(wsFrame(f.op, f.text))
	}
	if !k.filter.match(f) {
		return nil
	}
	select {
	case <-k.gone:
		k.end(true)
		return errGone
	default:
	}
	k.server.countWebSocket(true)
	return k.event(wsFrame(opText, f.text))
}

// obey carries a command out and answers it.
func (k *socket) obey(p *pump, c command) error {
	p.roundEnds()
	if k.server.cfg.Dialect == Node {
		return k.answer(k.filter.nodeAnswer(c))
	}
	return k.answer(k.server.known.guideAnswer(k.filter, c))
}

func (k *socket) answer(frames [][]byte) error {
	for _, text := range frames {
		k.server.countWebSocket(false)
		if err := k.write(wsFrame(opText, text)); err != nil {
			return err
		}
	}
	return nil
}

// read takes the client's frames until there are no more, or none that can be
// understood.
func (k *socket) read() {
	for {
		op, payload, err := k.reader.next()
		switch {
		case err != nil:
			k.readFailed(err)
			return
		case op == opClose:
			k.closed(payload)
			return
		case op == opPing:
			_ = k.write(wsFrame(opPong, payload)) // the loop sees a broken connection
		case op == opText || op == opBinary:
			if !k.receive(op, payload) {
				return
			}
		}
	}
}

// receive hands a message to the loop, if it is a command; a server of the guide
// dialect answers the others too, a node ignores them.
func (k *socket) receive(op byte, payload []byte) bool {
	c, ok := parseCommand(payload)
	if !ok || op == opBinary {
		if k.server.cfg.Dialect == Node {
			return true
		}
		c = command{}
	}
	select {
	case k.commands <- c:
		return true
	case <-k.done:
		return false
	}
}

// closed deals with a Close frame: a node stops reading and says nothing, a
// server of the guide dialect answers and closes.
func (k *socket) closed(payload []byte) {
	close(k.gone)
	if k.server.cfg.Dialect == Guide {
		_ = k.write(wsFrame(opClose, payload[:min(len(payload), 2)])) // politeness
		k.end(false)
	}
}

// readFailed deals with the end of the connection, or with a mistake of the
// client. After a mistake a node reads no more, and goes on sending events.
func (k *socket) readFailed(err error) {
	var mistake *protocolError
	switch node := k.server.cfg.Dialect == Node; {
	case !errors.As(err, &mistake):
		close(k.gone)
		if !node {
			k.end(false)
		}
	case !node:
		code := []byte{byte(mistake.code >> 8), byte(mistake.code)}
		_ = k.write(wsFrame(opClose, code)) // politeness
		k.end(false)
	}
}

// takeOver takes the connection from the HTTP server. It returns nil if that is
// not possible or the server is closed; then the request has been answered.
func (s *Server) takeOver(w http.ResponseWriter, p Part) (*link, *bufio.Reader) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		replyText(w, http.StatusHTTPVersionNotSupported, "streams need HTTP/1")
		return nil, nil
	}
	_ = conn.SetDeadline(noDeadline) // the HTTP server may have left one
	l := newLink(conn, p, s.faults)
	if !s.register(l) {
		l.end(false)
		return nil, nil
	}
	return l, rw.Reader
}
