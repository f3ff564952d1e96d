package transport

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A Dialer's own connections ask for HTTP/1.1 by name: a server that has HTTP/2 too
// speaks it with them, and one that has nothing else says so in the handshake.
func TestOwnConnectionsOfferHTTP1(t *testing.T) {
	var offered [][]string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		offered = append(offered, hello.SupportedProtos)
		return nil, nil
	}}
	server.StartTLS()
	defer server.Close()
	own := newRoundTripper()
	defer own.CloseIdleConnections()
	own.TLSClientConfig.InsecureSkipVerify = true
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	require.NoError(t, err)
	resp, err := own.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 1, resp.ProtoMajor)
	assert.Equal(t, [][]string{{"http/1.1"}}, offered)
}
