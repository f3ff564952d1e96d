package transport_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// A fountain is the client's end of a connection whose server costs nothing: it
// answers the handshake and the Ping, and then says the same for ever, with all
// of a read's buffer filled.
type fountain struct {
	net.Conn

	asked chan struct{} // closed with the first request

	mu      sync.Mutex
	text    []byte // for ever
	at      int
	pending []byte // before it
	proved  bool   // the Ping has been answered
	leaving bool   // the client has said goodbye
	rest    int    // bytes that it still gets then
}

func newFountain(text []byte) *fountain {
	return &fountain{asked: make(chan struct{}), text: text, rest: 1 << 20}
}

// Write implements net.Conn.
func (c *fountain) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(b))))
	switch {
	case b[0] == 0x80|opClose:
		c.leaving = true
	case c.proved:
	case err != nil:
		c.proved = true
		c.pending = append(c.pending, textFrame(`{"type":"Pong"}`)...)
	case r.Header.Get("Upgrade") == "":
		c.pending = append(c.pending, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"...)
		c.text = fmt.Appendf(nil, "%x\r\n%s\r\n", len(c.text), c.text)
	default:
		c.pending = append(c.pending, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "+accept(r)+"\r\n\r\n"...)
	}
	if err == nil {
		close(c.asked)
	}
	return len(b), nil
}

// Read implements net.Conn.
func (c *fountain) Read(b []byte) (int, error) {
	<-c.asked
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) > 0 {
		n := copy(b, c.pending)
		c.pending = c.pending[n:]
		return n, nil
	}
	if c.leaving {
		b = b[:min(len(b), c.rest)]
		c.rest -= len(b)
		if len(b) == 0 {
			return 0, io.EOF
		}
	}
	n := 0
	for n < len(b) {
		k := copy(b[n:], c.text[c.at:])
		n, c.at = n+k, (c.at+k)%len(c.text)
	}
	return n, nil
}

// Close implements net.Conn.
func (c *fountain) Close() error { return nil }

// SetDeadline and the others implement net.Conn.
func (c *fountain) SetDeadline(time.Time) error      { return nil }
func (c *fountain) SetReadDeadline(time.Time) error  { return nil }
func (c *fountain) SetWriteDeadline(time.Time) error { return nil }

// over returns a client whose connection is conn.
func over(conn net.Conn) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}}
}

// mixes are events as a node sends them, without their framing.
func mixes() map[string][]string {
	id := strings.Repeat("5f0c91ab", 8)
	event := func(kind, data string) string {
		return `{"type":"` + kind + `","data":{` + data + `"timestamp":1760554622}}`
	}
	tips := func(n int) string {
		return event("TipsUpdated", `"tips":["`+id+strings.Repeat(`","`+id, n-1)+fmt.Sprintf(`"],"count":%d,`, n))
	}
	added := event("MessageAdded", `"message_id":"`+id+`","depth":42,`)
	final := event("MessageFinalized", `"message_id":"`+id+`","finality_type":"kcore",`)
	energy := event("EnergyUpdated", `"total_conflicts":36,"resolved_conflicts":39,"active_conflicts":37,"total_energy":0.5,`)
	balance := event("BalanceChanged", `"address":"`+id+`","balance_before":"0.1","balance_after":"0.2","change_amount":"0.1","change_type":"credit",`)
	return map[string][]string{
		"mix": {
			added, final, energy, balance, added, tips(8), added, final, energy, balance,
			added, final, energy, balance, added, tips(8), added, final, energy, balance,
		},
		"energy":   {energy},
		"tips1000": {tips(1000)},
	}
}

// framed returns events as tr carries them, often enough for a block of 64 KiB.
func framed(tr fallback.Transport, list []string) []byte {
	var b strings.Builder
	for b.Len() < 64<<10 {
		for _, e := range list {
			if tr == fallback.WebSocket {
				b.WriteString(textFrame(`{"type":"Event","event":` + e + `}`))
			} else {
				b.WriteString("event: tips.update\ndata: " + e + "\n\n")
			}
		}
	}
	return []byte(b.String())
}

// From a connection whose reads cost a copy to a Frame.
func BenchmarkNext(b *testing.B) {
	for _, tr := range streams {
		for name, list := range mixes() {
			b.Run(tr.String()+"/"+name, func(b *testing.B) {
				client := over(newFountain(framed(tr, list)))
				d := transport.NewDialer(transport.Config{Base: &url.URL{Scheme: "http", Host: "node"}, Client: client})
				s, err := d.Open(b.Context(), tr, nil)
				require.NoError(b, err)
				b.Cleanup(s.Close)
				for range 1000 {
					_, err = s.Next()
				}
				require.NoError(b, err)
				b.ReportAllocs()
				for b.Loop() {
					if f, err := s.Next(); err != nil || f.Kind != wire.Event {
						b.Fatal(f.Kind, f.Err, err)
					}
				}
			})
		}
	}
}

// What BenchmarkNext is measured against: what the WebSocket library takes to copy
// a message out, in the cheapest way that it has, with 64 KiB read ahead below it.
func BenchmarkLibrary(b *testing.B) {
	for name, list := range mixes() {
		b.Run(name, func(b *testing.B) {
			c := newFountain(framed(fallback.WebSocket, list))
			client := over(above{c, bufio.NewReaderSize(c, 64<<10)})
			conn, _, err := websocket.Dial(b.Context(), "ws://node", &websocket.DialOptions{HTTPClient: client})
			require.NoError(b, err)
			defer conn.CloseNow()
			conn.SetReadLimit(1 << 20)
			buf := make([]byte, 1<<20)
			for b.Loop() {
				_, r, err := conn.Reader(context.Background())
				for err == nil {
					_, err = r.Read(buf)
				}
				if err != io.EOF { //nolint:errorlint // the library returns it as it is
					b.Fatal(err)
				}
			}
		})
	}
}

// above is a connection that is read through a buffer.
type above struct {
	net.Conn

	r io.Reader
}

// Read implements net.Conn.
func (a above) Read(p []byte) (int, error) { return a.r.Read(p) }
