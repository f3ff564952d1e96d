package client_test

import (
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/transport"
)

const forwardAddress = "forward:3128"

// A forwarder is a forward proxy: it tunnels what asks for CONNECT, and sends plain
// requests on without their Upgrade. It wants the login me:secret.
type forwarder struct {
	rig      *rig
	plain    *httputil.ReverseProxy
	requests atomic.Int64
}

// forwards opens the port of a forward proxy.
func (r *rig) forwards() *forwarder {
	upstream := &http.Transport{DialContext: r.net.DialContext}
	f := &forwarder{rig: r, plain: &httputil.ReverseProxy{
		Transport: upstream, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(q *httputil.ProxyRequest) {
			q.Out.Header.Del("Connection")
			q.Out.Header.Del("Upgrade")
		},
	}}
	r.hosts(forwardAddress, f)
	r.away = append(r.away, upstream.CloseIdleConnections)
	return f
}

// ServeHTTP implements http.Handler.
func (f *forwarder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	f.requests.Add(1)
	if q.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("me:secret")) {
		w.Header().Set("Proxy-Authenticate", "Basic")
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if q.Method != http.MethodConnect {
		f.plain.ServeHTTP(w, q)
		return
	}
	inner, err := f.rig.net.DialContext(q.Context(), "tcp", q.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	outer, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_, err = io.WriteString(outer, "HTTP/1.1 200 Connection established\r\n\r\n")
	}
	if err == nil {
		go carry(inner, outer)
		carry(outer, inner)
	}
}

// carry copies what comes until one side ends, and ends the other.
func carry(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
}

// through makes the client of the course go through the forward proxy, with a login.
func (c *course) through(login *url.Userinfo, v *vault) {
	way := &http.Transport{
		DialContext: c.net.DialContext, Protocols: http1(),
		Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: forwardAddress, User: login}),
	}
	if v != nil {
		c.away = append(c.away, v.serve(v.good()))
		way.TLSClientConfig = &tls.Config{RootCAs: v.ca.Pool(), MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
		c.base = "https://node"
	}
	c.opts.HTTPClient = &http.Client{Transport: way}
}

// Behind a forward proxy that tunnels, wss works like any other connection, also when the
// proxy ends tunnels on which nothing moves for 20 s.
func TestFault33ForwardProxyTunnels(t *testing.T) {
	s := sheet{number: 33, name: "forward proxy: CONNECT, idle cut at 20 s", bare: true, note: "no reconnect"}
	s.play(t, func(c *course) {
		f := c.forwards()
		c.patience.Store(int64(20 * time.Second))
		c.through(url.UserPassword("me", "secret"), newVault(c.t, c.net, c.node))
		c.awaits()
		c.follows()
		c.busy(10 * time.Second)
		pass(2 * time.Minute)
		c.busy(10 * time.Second)
		assert.Equal(c.t, []string{"connecting " + c.by.String(), "connected " + c.by.String()}, c.states())
		assert.Positive(c.t, f.requests.Load())
		assert.Zero(c.t, c.net.Dials(address), "past the proxy")
	})
}

// Who has no login is told so by the proxy, in a typed error, and does not go on asking.
func TestFault33ForwardProxyWantsALogin(t *testing.T) {
	s := sheet{number: 33, name: "forward proxy: 407", bare: true, seeds: 2, note: "typed; https, http"}
	s.play(t, func(c *course) {
		f := c.forwards()
		var v *vault
		if c.scenario.seed == 1 {
			v = newVault(c.t, c.net, c.node)
		}
		c.through(nil, v)
		c.starts()
		m, stop := c.m, c.stop
		c.m = nil // there is nothing to be judged
		pass(10 * time.Minute)
		assert.Equal(c.t, client.Closed, m.Health().State)
		var refused *client.RefusedError
		require.ErrorAs(c.t, stop(), &refused)
		var status *transport.StatusError
		require.ErrorAs(c.t, refused, &status)
		assert.Equal(c.t, http.StatusProxyAuthRequired, status.Status)
		assert.Equal(c.t, v != nil, status.Proxy, "who said it, where that can be told")
		assert.LessOrEqual(c.t, f.requests.Load(), int64(10))
	})
}

// A forward proxy does not know ws:// and sends the request on as any other. SSE works, soon.
func TestFault33ForwardProxyStripsUpgrade(t *testing.T) {
	s := sheet{
		number: 33, name: "forward proxy: ws:// stripped of its Upgrade", bare: true, transports: lower, worst: 3 * time.Second,
	}
	s.play(t, func(c *course) {
		const blocked = 5 * time.Minute
		c.forwards()
		c.through(url.UserPassword("me", "secret"), nil)
		over := c.begins(faultTakeAway)
		began := time.Now()
		c.rate = 1
		c.awaits()
		c.starts()
		c.busy(blocked)
		over()
		assert.Zero(c.t, c.noticedBy(fallback.SSE, began), "at once")
		c.probed(refserver.SocketPath, blocked)
	})
}
