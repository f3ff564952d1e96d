package refserver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// served returns which of two servers answers each of n requests.
func served(n int, seed uint64) string {
	var servers []*refserver.Server
	for i := range 2 {
		servers = append(servers, refserver.New(refserver.Config{Seed: uint64(i)}))
		servers[i].AddMessage(refserver.AddOptions{})
	}
	pool := refserver.Pool(seed, servers...)
	var who strings.Builder
	for range n {
		w := httptest.NewRecorder()
		pool.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/tips", nil))
		if strings.Contains(w.Body.String(), servers[0].Tips()[0]) {
			who.WriteByte('A')
		} else {
			who.WriteByte('B')
		}
	}
	return who.String()
}

func TestPool(t *testing.T) {
	assert.Equal(t, "ABABABAB", served(8, 0), "in turn")
	random := served(64, 7)
	assert.Equal(t, random, served(64, 7), "the same seed, the same choices")
	assert.NotEqual(t, random, served(64, 8))
	assert.InDelta(t, 32, strings.Count(random, "A"), 16)

	w := httptest.NewRecorder()
	refserver.Pool(0).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/tips", nil))
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
}

// Streams of one address go to either server.
func TestPoolOfStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := start(t, refserver.Config{Dialect: refserver.Node}, 0)
		b := refserver.New(refserver.Config{Dialect: refserver.Node})
		t.Cleanup(b.Close)
		l, err := a.net.Listen("pool")
		require.NoError(t, err)
		server := &http.Server{Handler: refserver.Pool(0, a.Server, b)}
		done := make(chan struct{})
		go func() { defer close(done); _ = server.Serve(l) }()
		t.Cleanup(func() { _ = server.Close(); <-done })

		c := a.net.Client()
		defer c.CloseIdleConnections()
		for range 4 {
			resp, err := c.Get("http://pool" + refserver.SSEPath)
			require.NoError(t, err)
			defer resp.Body.Close()
		}
		synctest.Wait()
		assert.Equal(t, 2, a.Streams(refserver.SSE))
		assert.Equal(t, 2, b.Streams(refserver.SSE))
	})
}
