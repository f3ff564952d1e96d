package client_test

import (
	"compress/gzip"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
)

const boxAddress = "proxy:80"

// A middlebox is a reverse proxy between a client and the node, with the mistakes
// that are made in configuring one. The zero middlebox makes none.
type middlebox struct {
	strip    bool          // the Upgrade is taken from each request
	block    int           // what the node streams is kept back until so many bytes are there
	compress bool          // streams are compressed for who takes that
	force    bool          // and for who does not
	idle     time.Duration // connections are ended on which nothing moves for so long; 0: none
	handler  http.Handler  // answers instead of the node; nil: nothing does
}

// behind puts b between the node and the clients that follow it from now on.
func (r *rig) behind(b middlebox) {
	r.t.Helper()
	upstream := &http.Transport{DialContext: r.net.DialContext, DisableCompression: true}
	proxy := &httputil.ReverseProxy{
		Transport: upstream, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(q *httputil.ProxyRequest) {
			q.SetURL(&url.URL{Scheme: "http", Host: address})
			if b.strip {
				q.Out.Header.Del("Connection")
				q.Out.Header.Del("Upgrade")
			}
		},
		ModifyResponse: b.answer,
	}
	var handler http.Handler = proxy
	if b.handler != nil {
		handler = b.handler
	}
	r.patience.Store(int64(b.idle))
	r.hosts(boxAddress, handler)
	r.away = append(r.away, upstream.CloseIdleConnections)
	r.base = "http://" + boxAddress
}

// hosts has handler answer at an address until the test ends.
func (r *rig) hosts(addr string, handler http.Handler) {
	r.t.Helper()
	l, err := r.net.Listen(addr)
	require.NoError(r.t, err)
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(impatient{l, &r.patience}) })
	r.away = append(r.away, func() {
		_ = server.Close()
		r.net.Reset(addr)
		serving.Wait()
	})
	r.t.Cleanup(r.clear)
}

// answer changes what the node has answered.
func (b middlebox) answer(resp *http.Response) error {
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return nil
	}
	if b.block > 0 {
		resp.Body = &blocks{ReadCloser: resp.Body, size: b.block}
	}
	if b.compress && (b.force || strings.Contains(resp.Request.Header.Get("Accept-Encoding"), "gzip")) {
		resp.Body = compressed(resp.Body)
		resp.Header.Set("Content-Encoding", "gzip")
	}
	return nil
}

// blocks gives what is read in whole blocks, as a proxy does that speaks HTTP/1.0
// with its upstream.
type blocks struct {
	io.ReadCloser

	size int
	full []byte // of the block, what was not given yet
}

// Read implements io.Reader.
func (b *blocks) Read(p []byte) (int, error) {
	if len(b.full) == 0 {
		block := make([]byte, b.size)
		n, err := io.ReadFull(b.ReadCloser, block)
		if n == 0 {
			return 0, err
		}
		b.full = block[:n]
	}
	n := copy(p, b.full)
	b.full = b.full[n:]
	return n, nil
}

// compressed returns a body as gzip makes it, which gives nothing away before it
// has seen enough.
func compressed(body io.ReadCloser) io.ReadCloser {
	out, in := io.Pipe()
	go func() { // ends with the body, which the proxy closes
		z := gzip.NewWriter(in)
		_, err := io.Copy(z, body)
		_ = in.CloseWithError(err)
	}()
	return struct {
		io.Reader
		io.Closer
	}{out, closers{body, out}}
}

type closers []io.Closer

// Close closes all of them.
func (c closers) Close() error {
	for _, one := range c {
		_ = one.Close()
	}
	return nil
}

// An impatient listener ends connections on which nothing has moved for so many
// nanoseconds; 0 and less end none.
type impatient struct {
	net.Listener

	after *atomic.Int64
}

// Accept implements net.Listener.
func (l impatient) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	after := time.Duration(l.after.Load())
	if err != nil || after <= 0 {
		return conn, err
	}
	c := &idleConn{Conn: conn, after: after}
	c.timer = time.AfterFunc(after, func() {
		if l.after.Load() > 0 {
			_ = conn.Close()
		}
	})
	return c, nil
}

// An idleConn is one of an impatient listener's.
type idleConn struct {
	net.Conn

	after time.Duration
	timer *time.Timer
}

// Read implements net.Conn.
func (c *idleConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.timer.Reset(c.after)
	}
	return n, err
}

// Write implements net.Conn.
func (c *idleConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if n > 0 {
		c.timer.Reset(c.after)
	}
	return n, err
}

// Close implements net.Conn.
func (c *idleConn) Close() error {
	c.timer.Stop()
	return c.Conn.Close()
}
