package rivals

import (
	"context"
	"io"

	"github.com/gorilla/websocket"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// gorillaCases are gorilla/websocket: ReadMessage with its defaults, and NextReader
// into a buffer that is used again, through 64 KiB.
func gorillaCases() []Case {
	_, generated, twoPass := ways()
	return []Case{
		{Name: "gorilla-tuned/decoder", Group: WS, Form: traffic.WebSocket, Connect: gorilla(generated, large, readInto)},
		{Name: "gorilla/json", Group: WS, Form: traffic.WebSocket, Connect: gorilla(twoPass, 0, readMessage)},
	}
}

func gorilla(w way, buffer int, read func(*websocket.Conn, []byte) ([]byte, error)) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		conn, err := dialGorilla(ctx, t, buffer)
		if err != nil {
			return nil, err
		}
		decode := w.new(traffic.WebSocket)
		return reading(conn.Close, func() error {
			var buf []byte
			for {
				if buf, err = read(conn, buf); err != nil {
					return err
				}
				if err := decode(buf, tally); err != nil {
					return err
				}
			}
		}), nil
	}
}

func dialGorilla(ctx context.Context, t Target, buffer int) (*websocket.Conn, error) {
	d := websocket.Dialer{ReadBufferSize: buffer}
	conn, _, err := d.DialContext(ctx, t.URL("ws", "v1/ws/events"), nil) //nolint:bodyclose // the library has it
	return conn, err
}

func readMessage(conn *websocket.Conn, _ []byte) ([]byte, error) {
	_, text, err := conn.ReadMessage()
	return text, err
}

func readInto(conn *websocket.Conn, buf []byte) ([]byte, error) {
	_, r, err := conn.NextReader()
	if err != nil {
		return nil, err
	}
	return readAll(r, buf)
}

// readAll reads r to its end into buf, which grows if it is too small.
func readAll(r io.Reader, buf []byte) ([]byte, error) {
	buf = buf[:0]
	for {
		if len(buf) == cap(buf) {
			more := make([]byte, len(buf), max(2*cap(buf), large))
			copy(more, buf)
			buf = more
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
