package memnet_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serve runs an HTTP server until the returned function is called.
func serve(t *testing.T, network *memnet.Network, handler http.HandlerFunc) (stop func()) {
	t.Helper()
	listener, err := network.Listen("node")
	require.NoError(t, err)
	server := &http.Server{Handler: handler}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	return func() {
		_ = server.Close()
		serving.Wait()
	}
}

func roundTrips(t *testing.T) {
	network := memnet.New(64) // smaller than a request: all sides have to wait for each other
	stop := serve(t, network, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, strings.ToUpper(string(body)))
	})
	defer stop()
	client := network.Client()
	defer client.CloseIdleConnections()
	long := strings.Repeat("long ", 1000)
	for range 3 {
		resp, err := client.Post("http://node/path", "text/plain", strings.NewReader(long))
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, strings.ToUpper(long), string(body))
	}
	assert.Equal(t, 1, network.Dials("node"), "the connection is kept alive")
}

func TestHTTP(t *testing.T) { roundTrips(t) }

func TestHTTPInABubble(t *testing.T) { synctest.Test(t, roundTrips) }

// A day of a slow stream passes at once: no wait in the package keeps the
// bubble's clock from moving.
func TestADayOfFakeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		const beats = 24 * 60
		stop := serve(t, network, func(w http.ResponseWriter, _ *http.Request) {
			for range beats {
				time.Sleep(time.Minute)
				_, _ = io.WriteString(w, ".")
				_ = http.NewResponseController(w).Flush()
			}
		})
		defer stop()
		client := network.Client()
		defer client.CloseIdleConnections()
		start := time.Now()
		resp, err := client.Get("http://node/")
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Len(t, body, beats)
		assert.Equal(t, 24*time.Hour, time.Since(start))
	})
}
