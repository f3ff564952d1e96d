package refserver_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUpgradeHead(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		offers := append([]string{
			"Origin: https://anywhere.example", "Sec-WebSocket-Protocol: chat",
			"Sec-WebSocket-Extensions: permessage-deflate",
		}, upgrade...)
		p := r.open("GET "+refserver.SocketPath+" HTTP/1.1", offers...)
		assert.Equal(t, 101, p.head.StatusCode)
		assert.Equal(t, http.Header{
			"Connection":           {"upgrade"},
			"Upgrade":              {"websocket"},
			"Sec-Websocket-Accept": {"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},  // RFC 6455 §1.3
			"Date":                 {"Sat, 01 Jan 2000 00:00:00 GMT"}, // fake time
		}, p.head.Header)
	})
}

func TestRequestsThatAreNoHandshake(t *testing.T) {
	without := func(name string) []string {
		var left []string
		for _, h := range upgrade {
			if len(h) < len(name) || h[:len(name)] != name {
				left = append(left, h)
			}
		}
		return left
	}
	const get = "GET " + refserver.SocketPath + " HTTP/1.1"
	rows := []struct {
		name    string
		line    string
		headers []string
		status  int
		body    string
	}{
		{"POST", "POST " + refserver.SocketPath + " HTTP/1.1", append([]string{"Content-Length: 0"}, upgrade...), 405, ""},
		{"no Connection", get, without("Connection"), 400, "Connection header did not include 'upgrade'"},
		{"no Upgrade", get, without("Upgrade"), 400, "`Upgrade` header did not include 'websocket'"},
		{"no version", get, without("Sec-WebSocket-Version"), 400, "`Sec-WebSocket-Version` header did not include '13'"},
		{"version 8", get, append([]string{"Sec-WebSocket-Version: 8"}, upgrade...), 400, "`Sec-WebSocket-Version` header did not include '13'"},
		{"no key", get, without("Sec-WebSocket-Key"), 400, "`Sec-WebSocket-Key` header missing"},
		{"HTTP/1.0", "GET " + refserver.SocketPath + " HTTP/1.0", upgrade, 426, "WebSocket request couldn't be upgraded since no upgrade state was present"},
		{"headers come before the query", "GET " + refserver.SocketPath + "?events=a&events=b HTTP/1.1", without("Upgrade"), 400, "`Upgrade` header did not include 'websocket'"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
				p := r.open(row.line, row.headers...)
				assert.Equal(t, row.status, p.head.StatusCode)
				if row.status == http.StatusMethodNotAllowed {
					assert.Equal(t, "GET,HEAD", p.head.Header.Get("Allow"))
					assert.Equal(t, "0", p.head.Header.Get("Content-Length"))
					return
				}
				assert.Equal(t, "text/plain; charset=utf-8", p.head.Header.Get("Content-Type"))
				assert.Equal(t, int64(len(row.body)), p.head.ContentLength)
				assert.Equal(t, row.body, p.body())
				assert.Zero(t, r.Sockets())
			})
		})
	}
}

func TestSSEHead(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		p := r.open("GET "+refserver.SSEPath+" HTTP/1.1", "Host: node")
		assert.Equal(t, 200, p.head.StatusCode)
		assert.Equal(t, []string{"chunked"}, p.head.TransferEncoding)
		assert.Equal(t, http.Header{
			"Content-Type":  {"text/event-stream"},
			"Cache-Control": {"no-cache"},
			"Date":          {"Sat, 01 Jan 2000 00:00:00 GMT"},
		}, p.head.Header)

		post := r.open("POST "+refserver.SSEPath+" HTTP/1.1", "Host: node", "Content-Length: 0")
		assert.Equal(t, 405, post.head.StatusCode)
		assert.Equal(t, "GET,HEAD", post.head.Header.Get("Allow"))
	})
}

// A proxy that speaks HTTP/1.0 to its upstream gets no chunks.
func TestSSEOverHTTP10(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		p := r.open("GET " + refserver.SSEPath + " HTTP/1.0")
		assert.Empty(t, p.head.TransferEncoding)
		go p.readStream()
		require.NoError(t, r.Emit(three[0], `{}`))
		assert.Equal(t, "event: tips.update\ndata: {\"type\":\"TipsUpdated\",\"data\":{}}\n\n", p.bytes())
	})
}

// Without the barrier what happens right after the 101 is lost, with it nothing.
func TestNodeStartsLate(t *testing.T) {
	cfg := refserver.Config{Dialect: refserver.Node, Untruths: refserver.Untruths{LateStart: time.Millisecond}}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		ws := r.stalled("")
		sse := r.events("")
		require.NoError(t, r.Emit(kcore, `{}`))
		go ws.readFrames()
		assert.Equal(t, []string{kcore}, sse.types(), "the head of an SSE stream is a barrier")
		ws.say(ping)
		assert.Empty(t, ws.texts())
		time.Sleep(time.Millisecond)
		assert.Equal(t, []string{pong}, ws.texts())
		require.NoError(t, r.Emit(tips, `{}`))
		assert.Equal(t, []string{tips}, ws.types())

		r.stalled("")
		r.Close() // does not wait for the start
		assert.Zero(t, r.Sockets())
	})
}

// The library that the client uses accepts both dialects.
func TestALibraryConnects(t *testing.T) {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		t.Run(d.String(), func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
				ctx := t.Context()
				client := r.net.Client()
				defer client.CloseIdleConnections()
				conn, _, err := websocket.Dial(ctx, "ws://node"+refserver.SocketPath, &websocket.DialOptions{HTTPClient: client})
				require.NoError(t, err)
				defer conn.CloseNow()
				require.NoError(t, conn.Write(ctx, websocket.MessageText, []byte(ping)))
				var texts []string
				for len(texts) == 0 || texts[len(texts)-1] != pong {
					_, b, err := conn.Read(ctx)
					require.NoError(t, err)
					texts = append(texts, string(b))
				}
				want := map[refserver.Dialect][]string{
					refserver.Guide: {`{"type":"Subscribed","events":["all"]}`, pong},
					refserver.Node:  {pong},
				}
				assert.Equal(t, want[d], texts)
			})
		})
	}
}
