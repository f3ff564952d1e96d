package client_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/testca"
)

const secureAddress = "node:443"

// A vault is a node behind TLS, and the authority that both sides may trust.
type vault struct {
	t    *testing.T
	net  *memnet.Network
	node http.Handler
	ca   *testca.Authority
}

func newVault(t *testing.T, network *memnet.Network, node http.Handler) *vault {
	t.Helper()
	ca, err := testca.New()
	require.NoError(t, err)
	return &vault{t: t, net: network, node: node, ca: ca}
}

// issue returns a certificate for name.
func (v *vault) issue(name string, change func(*x509.Certificate)) tls.Certificate {
	v.t.Helper()
	cert, err := v.ca.Issue(name, change)
	require.NoError(v.t, err)
	return cert
}

// good is a server that nothing is wrong with.
func (v *vault) good() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{v.issue("node", nil)}, MinVersion: tls.VersionTLS12}
}

// serve opens the port until close is called, without TLS if cfg is nil. Whatever comes
// to it is TLS.
func (v *vault) serve(cfg *tls.Config) (shut func()) {
	v.t.Helper()
	inner, err := v.net.Listen(secureAddress)
	require.NoError(v.t, err)
	outer := net.Listener(listening{inner, v.t})
	if cfg != nil {
		outer = tls.NewListener(outer, cfg)
	}
	server := &http.Server{Handler: v.node, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(outer) })
	shut = sync.OnceFunc(func() {
		_ = server.Close()
		v.net.Reset(secureAddress)
		serving.Wait()
	})
	v.t.Cleanup(shut)
	return shut
}

// follow runs a manager for the node over TLS until stop is called.
func (v *vault) follow(cfg *tls.Config, protocols *http.Protocols, opts client.Options) (m *client.ConnectionManager, stop func() error) {
	v.t.Helper()
	if protocols != nil && cfg.NextProtos == nil {
		cfg.NextProtos = []string{"http/1.1"} // as the manager's own client
	}
	way := &http.Transport{DialContext: v.net.DialContext, TLSClientConfig: cfg, Protocols: protocols}
	opts.HTTPClient = &http.Client{Transport: way}
	m, err := client.New("https://node", &handlers.Mux{}, &opts)
	require.NoError(v.t, err)
	return m, runs(v.t, m, opts.HTTPClient)
}

// http1 is what the manager's own client speaks.
func http1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}

// A listening port checks that what is said first is the beginning of TLS.
type listening struct {
	net.Listener

	t *testing.T
}

func (l listening) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &heard{Conn: conn, t: l.t}, nil
}

type heard struct {
	net.Conn

	t    *testing.T
	once sync.Once
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	if n > 0 {
		h.once.Do(func() { assert.EqualValues(h.t, 22, p[0], "a handshake, never plain text: %q", p[:min(n, 40)]) })
	}
	return n, err
}

// Close lingers, as careful servers do: what is unread would reset the connection, and
// the client would not learn why.
func (h *heard) Close() error {
	_ = h.SetReadDeadline(time.Now().Add(time.Second))
	_, _ = io.Copy(io.Discard, h.Conn)
	return h.Conn.Close()
}
