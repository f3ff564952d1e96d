package client_test

import (
	"crypto/tls"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
)

// An authority of one's own, a certificate of the client and TLS 1.3 alone come with the
// http.Client, on each transport.
func TestTLSIsTheClients(t *testing.T) {
	t.Parallel()
	for _, by := range allTransports {
		t.Run(by.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network, seen := memnet.New(0), make(map[string]bool)
				node := refserver.New(refserver.Config{Token: "secret"})
				t.Cleanup(node.Close)
				v := newVault(t, network, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					for _, cert := range r.TLS.PeerCertificates {
						seen[cert.Subject.CommonName] = true
					}
					assert.EqualValues(t, tls.VersionTLS13, r.TLS.Version)
					node.ServeHTTP(w, r)
				}))
				server := v.good()
				server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, v.ca.Pool()
				v.serve(server)
				m, stop := v.follow(&tls.Config{
					RootCAs: v.ca.Pool(), Certificates: []tls.Certificate{v.issue("app", nil)}, MinVersion: tls.VersionTLS13,
				}, http1(), client.Options{Fallback: only(by), Token: "secret"})
				ctx, cancel := contextWithCause(t, time.Minute)
				defer cancel()
				require.NoError(t, m.WaitConnected(ctx))
				requireCanceled(t, stop())
				assert.Equal(t, map[string]bool{"app": true}, seen)
			})
		})
	}
}

// A client that speaks HTTP/2 has its WebSocket with a server that does, too.
func TestAClientOfHTTP2HasAWebSocket(t *testing.T) {
	t.Parallel()
	both := new(http.Protocols)
	both.SetHTTP1(true)
	both.SetHTTP2(true)
	synctest.Test(t, func(t *testing.T) {
		node := refserver.New(refserver.Config{})
		v := newVault(t, memnet.New(0), node)
		t.Cleanup(node.Close)
		server := v.good()
		server.NextProtos = []string{"h2", "http/1.1"}
		v.serve(server)
		m, stop := v.follow(&tls.Config{RootCAs: v.ca.Pool(), MinVersion: tls.VersionTLS12}, both, client.Options{})
		ctx, cancel := contextWithCause(t, time.Minute)
		defer cancel()
		require.NoError(t, m.WaitConnected(ctx))
		assert.Equal(t, fallback.WebSocket, m.Health().Transport)
		requireCanceled(t, stop())
	})
}
