package rivals

import (
	"bufio"
	"context"
	"net"
	"net/http"

	"github.com/coder/websocket"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// Names of the references.
const (
	Tuned = "coder-tuned/decoder" // as fast as the library can be had
	Usual = "coder-read/json"     // as it is used
)

func coderCases() []Case {
	nop, generated, twoPass := ways()
	var list []Case
	for _, w := range []way{nop, generated} {
		list = append(list, Case{Name: "coder-tuned/" + w.name, Group: WS, Form: traffic.WebSocket, Connect: coderTuned(w)})
	}
	for _, w := range []way{generated, twoPass} {
		list = append(list, Case{Name: "coder-read/" + w.name, Group: WS, Form: traffic.WebSocket, Connect: coderRead(w)})
	}
	return list
}

// buffered is a connection that is read through 64 KiB.
type buffered struct {
	net.Conn

	in *bufio.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.in.Read(p) }

const large = 64 << 10

// bufferedClient opens connections that are read through 64 KiB.
func bufferedClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &buffered{conn, bufio.NewReaderSize(conn, large)}, nil
		},
	}}
}

// coderTuned is coder/websocket as cheap as its public API lets it be: one Reader per
// message into a buffer that is used again, no context that could end, and a
// large buffer below.
func coderTuned(w way) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		conn, err := dialCoder(ctx, t, bufferedClient())
		if err != nil {
			return nil, err
		}
		decode := w.new(traffic.WebSocket)
		return reading(conn.CloseNow, func() error {
			var buf []byte
			for {
				_, r, err := conn.Reader(context.Background())
				if err != nil {
					return err
				}
				if buf, err = readAll(r, buf); err != nil {
					return err
				}
				if err := decode(buf, tally); err != nil {
					return err
				}
			}
		}), nil
	}
}

// coderRead is coder/websocket as its README shows it: Read with a context that
// can be cancelled.
func coderRead(w way) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		conn, err := dialCoder(ctx, t, nil)
		if err != nil {
			return nil, err
		}
		decode := w.new(traffic.WebSocket)
		ctx, cancel := context.WithCancel(ctx)
		c := reading(conn.CloseNow, func() error {
			for {
				_, text, err := conn.Read(ctx)
				if err != nil {
					return err
				}
				if err := decode(text, tally); err != nil {
					return err
				}
			}
		})
		closed := c.Close
		c.Close = func() { cancel(); closed() }
		return c, nil
	}
}

func dialCoder(ctx context.Context, t Target, hc *http.Client) (*websocket.Conn, error) {
	//nolint:bodyclose // the library has it
	conn, _, err := websocket.Dial(ctx, t.URL("ws", "v1/ws/events"), &websocket.DialOptions{HTTPClient: hc})
	if err == nil {
		const most = 16 << 20
		conn.SetReadLimit(most)
	}
	return conn, err
}
