package refserver_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inBubble runs a test in fake time, with a server of its own on an in-memory
// network.
func inBubble(t *testing.T, cfg refserver.Config, test func(*testing.T, *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, start(t, cfg, 0)) })
}

// A rig is a server that listens at "node".
type rig struct {
	*refserver.Server

	t   *testing.T
	net *memnet.Network
}

func start(t *testing.T, cfg refserver.Config, buffer int) *rig {
	t.Helper()
	r := &rig{Server: refserver.New(cfg), t: t, net: memnet.New(buffer)}
	l, err := r.net.Listen("node")
	require.NoError(t, err)
	var serving sync.WaitGroup
	serving.Go(func() { assert.NoError(t, r.Serve(l)) })
	t.Cleanup(func() {
		r.Close()
		serving.Wait()
	})
	return r
}

// run starts Run and returns what ends it.
func (r *rig) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	r.t.Cleanup(stop)
	return stop
}

// get asks for a path over a connection of its own.
func (r *rig) get(path string, header ...string) (*http.Response, string) {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://node"+path, nil)
	require.NoError(r.t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return r.do(req)
}

func (r *rig) do(req *http.Request) (*http.Response, string) {
	r.t.Helper()
	c := r.net.Client()
	defer c.CloseIdleConnections()
	resp, err := c.Do(req)
	require.NoError(r.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	return resp, string(body)
}

// A peer is a client by hand: it sends what it likes. What it receives is read in
// the background and looked at when the bubble is idle.
type peer struct {
	t    *testing.T
	conn net.Conn
	br   *bufio.Reader
	head *http.Response

	mu  sync.Mutex
	got []message
	sse bytes.Buffer
	err error // that ended the reading
}

type message struct {
	op   byte
	data string
}

// request opens a connection and sends a request line and headers, one string
// each.
func (r *rig) request(line string, headers ...string) *peer {
	r.t.Helper()
	conn, err := r.net.DialContext(context.Background(), "tcp", "node")
	require.NoError(r.t, err)
	p := &peer{t: r.t, conn: conn, br: bufio.NewReader(conn)}
	r.t.Cleanup(func() { conn.Close() })
	_, err = fmt.Fprintf(conn, "%s\r\n%s\r\n\r\n", line, strings.Join(headers, "\r\n"))
	require.NoError(r.t, err)
	return p
}

// open is request, and reads the head of the answer.
func (r *rig) open(line string, headers ...string) *peer {
	r.t.Helper()
	p := r.request(line, headers...)
	p.readHead()
	return p
}

func (p *peer) readHead() {
	p.t.Helper()
	var err error
	p.head, err = http.ReadResponse(p.br, nil)
	require.NoError(p.t, err)
}

var upgrade = []string{
	"Host: node", "Connection: Upgrade", "Upgrade: websocket",
	"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
}

// socket opens a WebSocket and begins to read.
func (r *rig) socket(query string) *peer {
	r.t.Helper()
	p := r.stalled(query)
	go p.readFrames()
	return p
}

// stalled opens a WebSocket and does not read.
func (r *rig) stalled(query string) *peer {
	r.t.Helper()
	p := r.open("GET "+refserver.SocketPath+query+" HTTP/1.1", upgrade...)
	require.Equal(r.t, http.StatusSwitchingProtocols, p.head.StatusCode)
	return p
}

// events opens an SSE stream and begins to read.
func (r *rig) events(query string) *peer {
	r.t.Helper()
	p := r.stalledEvents(query)
	go p.readStream()
	return p
}

func (r *rig) stalledEvents(query string) *peer {
	r.t.Helper()
	p := r.open("GET "+refserver.SSEPath+query+" HTTP/1.1", "Host: node")
	require.Equal(r.t, http.StatusOK, p.head.StatusCode)
	return p
}

func (p *peer) readFrames() {
	for {
		op, data, err := readFrame(p.br)
		p.mu.Lock()
		if err != nil {
			p.err = err
			p.mu.Unlock()
			return
		}
		p.got = append(p.got, message{op, data})
		p.mu.Unlock()
	}
}

func readFrame(br *bufio.Reader) (op byte, data string, err error) {
	var head [2]byte
	if _, err := io.ReadFull(br, head[:]); err != nil {
		return 0, "", err
	}
	size := uint64(head[1])
	var ext [8]byte
	switch size {
	case 126:
		_, err = io.ReadFull(br, ext[6:])
		size = binary.BigEndian.Uint64(ext[:])
	case 127:
		_, err = io.ReadFull(br, ext[:])
		size = binary.BigEndian.Uint64(ext[:])
	}
	if err != nil {
		return 0, "", err
	}
	payload := make([]byte, size)
	_, err = io.ReadFull(br, payload)
	return head[0], string(payload), err
}

func (p *peer) readStream() {
	buf := make([]byte, 4096)
	for {
		n, err := p.head.Body.Read(buf)
		p.mu.Lock()
		p.sse.Write(buf[:n])
		if err != nil {
			p.err = err
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
	}
}

// frames waits until nothing moves and returns what has come since.
func (p *peer) frames() []message {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.got
	p.got = nil
	return got
}

// texts is frames, of text frames only.
func (p *peer) texts() []string {
	p.t.Helper()
	texts := []string{}
	for _, m := range p.frames() {
		require.Equal(p.t, byte(0x81), m.op)
		texts = append(texts, m.data)
	}
	return texts
}

// bytes waits until nothing moves and returns what has come on the SSE stream
// since.
func (p *peer) bytes() string {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.sse.String()
	p.sse.Reset()
	return got
}

// types names the events that have come since, sorted: no order holds across
// lanes.
func (p *peer) types() []string {
	p.t.Helper()
	types := []string{}
	if p.head.StatusCode == http.StatusSwitchingProtocols {
		for _, text := range p.texts() {
			types = append(types, typeOf(p.t, text))
		}
	} else {
		for line := range strings.Lines(p.bytes()) {
			if name, ok := strings.CutPrefix(line, "event: "); ok {
				typ, err := events.ParseType(strings.TrimSuffix(name, "\n"))
				require.NoError(p.t, err)
				types = append(types, string(typ))
			}
		}
	}
	slices.Sort(types)
	return types
}

// typeOf returns the tag of an event on a WebSocket.
func typeOf(t *testing.T, text string) string {
	t.Helper()
	var frame struct {
		Type  string
		Event struct{ Type string }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &frame), text)
	require.Equal(t, "Event", frame.Type)
	return frame.Event.Type
}

// ended waits until nothing moves and returns the error that ended the reading;
// nil while it goes on.
func (p *peer) ended() error {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// send sends a masked frame with the first byte op.
func (p *peer) send(op byte, payload string) {
	p.t.Helper()
	_, err := p.conn.Write(maskedFrame(op, payload))
	require.NoError(p.t, err)
}

// say sends a text frame.
func (p *peer) say(text string) { p.send(0x81, text) }

// ask says something and returns the answers.
func (p *peer) ask(text string) []string {
	p.t.Helper()
	p.say(text)
	return p.texts()
}

func maskedFrame(op byte, payload string) []byte {
	b := []byte{op}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n <= 0xFFFF:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := [4]byte{1, 2, 3, 4}
	b = append(b, mask[:]...)
	for i := range payload {
		b = append(b, payload[i]^mask[i%4])
	}
	return b
}

const ping = `{"type":"Ping"}`
const pong = `{"type":"Pong"}`

func list(kind string, names ...string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return fmt.Sprintf(`{"type":%q,"events":[%s]}`, kind, strings.Join(quoted, ","))
}

// one of each lane.
var three = []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeEconomicsUpdated}

// emitThree emits one event of each lane.
func (r *rig) emitThree() {
	r.t.Helper()
	for _, typ := range three {
		require.NoError(r.t, r.Emit(typ, `{"n":1}`))
	}
}

// body is what follows the head of an answer.
func (p *peer) body() string {
	p.t.Helper()
	b, err := io.ReadAll(p.head.Body)
	require.NoError(p.t, err)
	return string(b)
}
