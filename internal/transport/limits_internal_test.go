package transport

import (
	"bytes"
	"compress/gzip"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// ownDialer returns a Dialer with connections as those that it makes itself, to a
// server in memory.
func ownDialer(t *testing.T, handler http.HandlerFunc) *Dialer {
	t.Helper()
	network := memnet.New(0)
	listener, err := network.Listen("node")
	require.NoError(t, err)
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	own := newRoundTripper()
	own.Proxy, own.DialContext = nil, network.DialContext
	t.Cleanup(func() {
		own.CloseIdleConnections()
		_ = server.Close()
		serving.Wait()
	})
	return NewDialer(Config{Base: &url.URL{Scheme: "http", Host: "node"}, Client: &http.Client{Transport: own}})
}

var everyTransport = []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling}

// A head over 64 KiB is not read, many small headers or a large one.
func TestHeadersAreBounded(t *testing.T) {
	for name, fill := range map[string]func(http.Header){
		"one":  func(h http.Header) { h.Set("X-Long", strings.Repeat("x", 70<<10)) },
		"many": func(h http.Header) { h["X-Many"] = strings.Split(strings.Repeat("xxxxxxxxx ", 7<<10), " ") },
	} {
		for _, tr := range everyTransport {
			t.Run(name+" "+tr.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := ownDialer(t, func(w http.ResponseWriter, _ *http.Request) { fill(w.Header()) })
					_, err := d.Open(t.Context(), tr, nil)
					require.ErrorContains(t, err, "exceeded")
					assert.Less(t, len(err.Error()), 1000)
				})
			})
		}
	}
}

// What a server sends is in an error in part only, however much it is.
func TestTheTextOfErrorsIsBounded(t *testing.T) {
	long := strings.Repeat("x", 50<<10)
	for name, handler := range map[string]http.HandlerFunc{
		"status":       func(w http.ResponseWriter, _ *http.Request) { http.Error(w, long, http.StatusForbidden) },
		"content type": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", long) },
		"encoding":     func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", long) },
		"location": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://elsewhere/"+long)
			w.WriteHeader(http.StatusFound)
		},
		"status line": hijacked("HTTP/1.1 " + long + "\r\n\r\n"),
		"protocol":    hijacked(long + "\r\n\r\n"),
		"header line": hijacked("HTTP/1.1 200 OK\r\n" + long + "\r\n\r\n"),
		"upgrade":     hijacked("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + long + "\r\n\r\n"),
	} {
		for _, tr := range everyTransport {
			t.Run(name+" "+tr.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					_, err := ownDialer(t, handler).Open(t.Context(), tr, nil)
					require.Error(t, err)
					assert.Less(t, len(err.Error()), 1000)
				})
			})
		}
	}
}

// hijacked answers with text.
func hijacked(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, text)
			_ = conn.Close()
		}
	}
}

// What an answer is decompressed to counts, not what was sent.
func TestDecompressionIsBounded(t *testing.T) {
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	for range 64 {
		_, err := zip.Write(bytes.Repeat([]byte(" "), 1<<20))
		require.NoError(t, err)
	}
	require.NoError(t, zip.Close())
	for status, want := range map[int]any{200: new(*rest.TooLargeError), 403: new(*rest.StatusError)} {
		synctest.Test(t, func(t *testing.T) {
			d := ownDialer(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(status)
				_, _ = w.Write(bomb.Bytes())
			})
			_, err := d.REST().Tips(t.Context(), rest.Fact)
			require.ErrorAs(t, err, want)
			if status == 403 {
				assert.Less(t, len(err.Error()), 1000)
			}
		})
	}
	for _, tr := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		synctest.Test(t, func(t *testing.T) {
			d := ownDialer(t, func(w http.ResponseWriter, r *http.Request) {
				if tr == fallback.SSE {
					assert.Equal(t, "identity", r.Header.Get("Accept-Encoding"))
				}
				assert.Empty(t, r.Header.Get("Sec-WebSocket-Extensions"), "no compression")
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(bomb.Bytes())
			})
			_, err := d.Open(t.Context(), tr, []events.Type{events.TypeTipsUpdated})
			require.Error(t, err)
		})
	}
}
