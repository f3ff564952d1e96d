package transport_test

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/require"
)

// bubble runs a test in fake time.
func bubble(t *testing.T, name string, fn func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, fn) })
}

// start serves handler at host "node" of a new network, until the test ends.
func start(t testing.TB, handler http.HandlerFunc) *memnet.Network {
	t.Helper()
	network := memnet.New(0)
	serve(t, network, "node", handler)
	return network
}

// serve serves handler at addr until the test ends, and then resets what is left
// there.
func serve(t testing.TB, network *memnet.Network, addr string, handler http.Handler) {
	t.Helper()
	listener, err := network.Listen(addr)
	require.NoError(t, err)
	serveOn(t, listener, handler, func() { network.Reset(addr) })
}

// serveOn is serve on any listener.
func serveOn(t testing.TB, listener net.Listener, handler http.Handler, reset func()) {
	t.Helper()
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		_ = server.Close()
		reset()
		serving.Wait()
	})
}

// dialer returns a Dialer for http://node over network. change, if not nil,
// changes its Config.
func dialer(t testing.TB, network *memnet.Network, change func(*transport.Config)) *transport.Dialer {
	t.Helper()
	client := network.Client()
	cfg := transport.Config{Base: &url.URL{Scheme: "http", Host: "node"}, Client: client}
	if change != nil {
		change(&cfg)
	}
	t.Cleanup(client.CloseIdleConnections)
	return transport.NewDialer(cfg)
}

// The opcodes of RFC 6455.
const (
	opContinue = 0x0
	opText     = 0x1
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xa
)

// A peer is the server's end of a WebSocket, frame by frame, so that it can do
// what no library would.
type peer struct {
	t       testing.TB
	query   url.Values
	request *http.Request
	conn    net.Conn
	in      *bufio.Reader
}

// A frame is one of a client.
type frame struct {
	op      byte
	payload string
}

// upgrade accepts the handshake.
func upgrade(t testing.TB, w http.ResponseWriter, r *http.Request) *peer {
	t.Helper()
	return switchTo(t, w, r, "sec-websocket-accept: "+accept(r)+"\r\n")
}

// accept returns the answer to the key of a handshake.
func accept(r *http.Request) string {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// switchTo answers 101 with the given header lines.
func switchTo(t testing.TB, w http.ResponseWriter, r *http.Request, lines string) *peer {
	t.Helper()
	conn, rw, err := http.NewResponseController(w).Hijack()
	require.NoError(t, err)
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n"+
		lines+"date: "+time.Now().UTC().Format(http.TimeFormat)+"\r\n\r\n")
	if err != nil {
		t.Log("upgrade:", err)
	}
	return &peer{t: t, query: r.URL.Query(), request: r, conn: conn, in: rw.Reader}
}

// sockets serves WebSockets: fn runs for each, which is closed after it.
func sockets(t *testing.T, fn func(p *peer)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := upgrade(t, w, r)
		defer p.conn.Close()
		fn(p)
	}
}

// send writes a frame; false if the connection is gone.
func (p *peer) send(op byte, payload string) bool { return p.frame(0x80|op, payload) }

func (p *peer) text(payload string) bool { return p.send(opText, payload) }

// frame writes one with the first byte as it is.
func (p *peer) frame(first byte, payload string) bool {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	_, err := p.conn.Write(append(b, payload...))
	return err == nil
}

// next reads a frame of the client; false at the end.
func (p *peer) next() (frame, bool) {
	var head [2]byte
	if _, err := io.ReadFull(p.in, head[:]); err != nil {
		return frame{}, false
	}
	n := int(head[1] & 0x7f)
	if n == 126 {
		var long [2]byte
		_, _ = io.ReadFull(p.in, long[:])
		n = int(binary.BigEndian.Uint16(long[:]))
	}
	b := make([]byte, 4+n)
	if _, err := io.ReadFull(p.in, b); err != nil {
		return frame{}, false
	}
	for i := range n {
		b[4+i] ^= b[i%4]
	}
	return frame{head[0] & 0xf, string(b[4:])}, true
}

// answer reads frames and answers what has an answer, as a node does: JSON Pings
// and protocol pings, no Close. Other frames go to sink, which may be nil.
func (p *peer) answer(sink func(frame)) {
	for {
		f, ok := p.next()
		switch {
		case !ok:
			return
		case f.op == opPing:
			p.send(opPong, f.payload)
		case f.payload == `{"type":"Ping"}`:
			p.text(`{"type":"Pong"}`)
		case sink != nil:
			sink(f)
		}
	}
}

// tips returns a TipsUpdated as a node sends it.
func tips(count int) string {
	return fmt.Sprintf(`{"type":"Event","event":{"type":"TipsUpdated","data":{"tips":[],"count":%d,"timestamp":1760554622}}}`, count)
}

// guideTips returns a TipsUpdated in the guide dialect.
func guideTips(count int) string {
	return fmt.Sprintf(`{"type":"Event","event":{"type":"TipsUpdated","tips":[],"count":%d,"timestamp":"2025-10-15T18:57:02Z"}}`, count)
}

// sseTips returns a TipsUpdated as a node sends it on SSE.
func sseTips(count int) string {
	return fmt.Sprintf("event: tips.update\ndata: {\"type\":\"TipsUpdated\",\"data\":{\"tips\":[],\"count\":%d,\"timestamp\":1760554622}}\n\n", count)
}

// into is a connection whose writes go elsewhere.
type into struct {
	net.Conn

	w io.Writer
}

// Write implements io.Writer.
func (c into) Write(b []byte) (int, error) { return c.w.Write(b) }

// A stream response of a handler.
type eventStream struct {
	w http.ResponseWriter
}

// openStream sends the head of an SSE response.
func openStream(w http.ResponseWriter) eventStream {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	s := eventStream{w}
	s.say("")
	return s
}

func (s eventStream) say(text string) {
	_, _ = io.WriteString(s.w, text)
	_ = http.NewResponseController(s.w).Flush()
}

// answerOne answers the JSON Ping of the barrier.
func (p *peer) answerOne() {
	if f, ok := p.next(); ok && f.payload == `{"type":"Ping"}` {
		p.text(`{"type":"Pong"}`)
	}
}
