package transport

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/coder/websocket"
)

// openWebSocket makes one try: the handshake, then the barrier.
func (d *Dialer) openWebSocket(ctx context.Context, a ask) (*webSocket, error) {
	t := d.try(ctx, fallback.WebSocket, d.endpoint("v1/ws/events", a))
	defer t.cancel()
	s, err := d.upgrade(t, a)
	if err != nil {
		return nil, err
	}
	err = s.prove(t)
	if err != nil {
		s.fail(err)
		s.Close()
		return nil, err
	}
	if s.pings > 0 {
		s.keepAlive()
	}
	return s, nil
}

// upgrade does the handshake. It returns when t's context ends, whatever the
// library waits for: after a 101 that is not right it reads on for 3 s.
func (d *Dialer) upgrade(t *try, a ask) (*webSocket, error) {
	client := *d.client
	k := &keeper{next: client.Transport, life: newLife(), limit: d.cfg.MaxFrame}
	client.Transport = k
	stop := context.AfterFunc(t.ctx, k.cut)
	//nolint:bodyclose // the library closes it, or makes it the connection
	conn, resp, err := websocket.Dial(t.ctx, t.url.String(), &websocket.DialOptions{
		HTTPClient:      &client,
		HTTPHeader:      d.header,
		Host:            d.header.Get("Host"),          // in the header alone it would not be sent
		CompressionMode: websocket.CompressionDisabled, // a node has none, and it costs 1.2 MB a connection
	})
	switch {
	case !stop(): // the context has ended, and closed the connection if there was one
		if err == nil {
			_ = conn.CloseNow()
		}
		return nil, t.failed(err)
	case err != nil && resp == nil:
		return nil, t.failed(err)
	case err != nil && resp.StatusCode != http.StatusSwitchingProtocols:
		return nil, statusError(t.transport, t.url, resp)
	case err != nil:
		return nil, &HandshakeError{URL: redact(t.url), Err: err}
	}
	conn.SetReadLimit(d.cfg.MaxFrame)
	return newWebSocket(d, a, conn, k, serverTime(resp)), nil
}

// A keeper is the RoundTripper of one handshake. It keeps the body of the 101,
// which is the connection: the library gives no other way to end a connection
// while it waits for an answer to its Close frame, 5 s, and a node never sends
// one.
type keeper struct {
	next  http.RoundTripper
	life  *life
	limit int64 // bytes of a frame

	mu   sync.Mutex
	conn *socket
	over bool // cut was called
}

// RoundTrip implements http.RoundTripper.
func (k *keeper) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := k.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		return resp, err
	}
	rwc, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		return resp, nil // not writable: the library says so
	}
	s := &socket{ReadWriteCloser: rwc, life: k.life, limit: k.limit}
	resp.Body = s
	k.mu.Lock()
	defer k.mu.Unlock()
	k.conn = s
	if k.over {
		_ = s.Close()
	}
	return resp, nil
}

// claim returns what there is to be claimed of the connection.
func (k *keeper) claim() ([]byte, time.Time) { return k.conn.claim() }

// cut closes the connection, the present one or the one to come.
func (k *keeper) cut() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.over = true
	if k.conn != nil {
		_ = k.conn.Close()
	}
}
