package refserver_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type brokenListener struct{ err error }

func (l brokenListener) Accept() (net.Conn, error) { return nil, l.err }
func (l brokenListener) Close() error              { return nil }
func (l brokenListener) Addr() net.Addr            { return &net.TCPAddr{} }

func TestToken(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node, Token: "secret"}, func(t *testing.T, r *rig) {
		for part, path := range paths {
			for said, want := range map[string]int{
				"": 401, "Bearer wrong": 401, "Basic secret": 401, "Bearer secret": fine[part],
			} {
				headers := append([]string{"Authorization: " + said}, upgrade...)
				if said == "" {
					headers = upgrade
				}
				p := r.open("GET "+path+" HTTP/1.1", headers...)
				assert.Equal(t, want, p.head.StatusCode, path, said)
				if want == http.StatusUnauthorized {
					assert.Contains(t, p.body(), " authentication token")
				}
			}
		}
	})
}

func TestRateLimit(t *testing.T) {
	inBubble(t, refserver.Config{RequestsPerMinute: 3}, func(t *testing.T, r *rig) {
		for _, path := range []string{rest, ws, sse} {
			assert.Less(t, r.status(path), 400)
		}
		time.Sleep(20*time.Second + time.Millisecond)
		for _, path := range []string{rest, ws, sse} {
			p := r.open("GET "+path+" HTTP/1.1", upgrade...)
			assert.Equal(t, 429, p.head.StatusCode)
			assert.Equal(t, "40", p.head.Header.Get("Retry-After"))
			assert.Equal(t, "Rate limit exceeded", p.body())
		}
		time.Sleep(40 * time.Second)
		assert.Equal(t, 200, r.status(rest))
	})
}

func TestCORS(t *testing.T) {
	inBubble(t, refserver.Config{Token: "secret"}, func(t *testing.T, r *rig) {
		preflight := r.open("OPTIONS "+rest+" HTTP/1.1", "Host: node", "Origin: http://app.example")
		assert.Equal(t, 204, preflight.head.StatusCode)
		assert.Equal(t, "*", preflight.head.Header.Get("Access-Control-Allow-Origin"))
		assert.Contains(t, preflight.head.Header.Get("Access-Control-Allow-Headers"), "Authorization")
		for _, path := range []string{rest, sse} {
			p := r.open("GET "+path+" HTTP/1.1", "Host: node", "Authorization: Bearer secret")
			assert.Equal(t, "*", p.head.Header.Get("Access-Control-Allow-Origin"))
		}
	})
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		resp, _ := r.get(rest)
		assert.Empty(t, resp.Header.Get("Access-Control-Allow-Origin"), "a node has none")
	})
}

func TestTransportsCanBeSwitchedOff(t *testing.T) {
	inBubble(t, refserver.Config{DisableWebSocket: true, DisableSSE: true}, func(t *testing.T, r *rig) {
		assert.Equal(t, 404, r.status(ws))
		assert.Equal(t, 404, r.status(sse))
		assert.Equal(t, 200, r.status(rest))
		_, body := r.get("/v1/health/streaming")
		assert.Contains(t, body, `"websocket_enabled":false`)
		assert.Contains(t, body, `"sse_enabled":false`)
	})
}

func TestRESTIsServed(t *testing.T) {
	for d, bare := range map[refserver.Dialect]int{refserver.Guide: 200, refserver.Node: 404} {
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			id := r.AddMessage(refserver.AddOptions{})
			_, body := r.get("/v1/tips")
			assert.JSONEq(t, `{"tips":["`+id+`"]}`, body)
			for _, path := range []string{"/tips", "/health", "/metrics", "/messages/since/" + id} {
				assert.Equal(t, 200, r.status("/v1"+path))
				assert.Equal(t, bare, r.status(path), path)
			}
		})
	}
}

func TestBooks(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.get("/v1/tips?a=b", "X-Test", "yes")
		time.Sleep(time.Second)
		r.Refuse(refserver.REST, refserver.Answer{Status: 500})
		r.get("/v1/tips")
		w := r.socket("")
		r.events("")
		assert.Equal(t, 2, r.Requests("/v1/tips"), "refused ones count")
		assert.Equal(t, 0, r.Requests("/nowhere"))
		log := r.Log()
		require.Len(t, log, 4)
		assert.Equal(t, "yes", log[0].Header.Get("X-Test"))
		assert.Equal(t, "a=b", log[0].Query)
		assert.Equal(t, time.Second, log[1].At.Sub(log[0].At))
		assert.Equal(t, refserver.REST, log[0].Part)
		assert.Equal(t, refserver.WebSocket, log[2].Part)
		assert.Equal(t, ws, log[2].Path)

		require.NoError(t, r.Emit(tips, `{}`))
		w.ask(ping)
		assert.Equal(t, refserver.Stats{
			Emitted: 1, Delivered: 2, WebSocketMessages: 3, SSEMessages: 1, WebSockets: 1, SSEs: 1,
		}, r.Stats())
		assert.Equal(t, 2, r.Streams(refserver.Streams))
		assert.Equal(t, 1, r.Streams(refserver.WebSocket))
	})
}

func TestLogIsBounded(t *testing.T) {
	s := refserver.New(refserver.Config{Token: "x"})
	defer s.Close()
	req, err := http.NewRequest(http.MethodGet, rest, nil)
	require.NoError(t, err)
	for range 10_001 {
		s.ServeHTTP(&hijackless{header: http.Header{}}, req)
	}
	assert.Len(t, s.Log(), 5_001)
	assert.Equal(t, 10_001, s.Requests(rest))
}

func TestWaitFor(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		go func() {
			time.Sleep(time.Minute)
			r.socket("")
		}()
		require.NoError(t, r.WaitFor(ctx, func() bool { return r.Sockets() == 1 }))
		begun := time.Now()
		go func() {
			time.Sleep(time.Minute)
			r.Drop(refserver.Streams)
		}()
		require.NoError(t, r.WaitFor(ctx, func() bool { return r.Sockets() == 0 }))
		assert.Equal(t, time.Minute, time.Since(begun))
		require.ErrorIs(t, r.WaitFor(ctx, func() bool { return false }), context.DeadlineExceeded)
		synctest.Wait()
	})
}

func TestDialectNames(t *testing.T) {
	assert.Equal(t, "guide", refserver.Guide.String())
	assert.Equal(t, "node", refserver.Node.String())
	assert.Equal(t, "invalid", refserver.Dialect(7).String())
}
