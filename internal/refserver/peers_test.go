package refserver_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/adic/adic-go/internal/refserver"
	r3labs "github.com/r3labs/sse/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	xnet "golang.org/x/net/websocket"
)

// TestIndependentSSEClient lets a client that is not ours read the streams.
func TestIndependentSSEClient(t *testing.T) {
	for d, name := range map[refserver.Dialect]string{refserver.Guide: "TipsUpdated", refserver.Node: "tips.update"} {
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			client := r3labs.NewClient("http://node" + refserver.SSEPath)
			client.Connection = r.net.Client()
			defer client.Connection.CloseIdleConnections()
			ctx, cancel := context.WithCancel(context.Background())
			var reading sync.WaitGroup
			defer reading.Wait()
			defer cancel()
			var got []string
			reading.Go(func() {
				_ = client.SubscribeRawWithContext(ctx, func(e *r3labs.Event) {
					got = append(got, string(e.Event))
				})
			})
			synctest.Wait()
			for range 3 {
				require.NoError(t, r.Emit(tips, `{}`))
			}
			synctest.Wait()
			assert.Equal(t, []string{name, name, name}, got)
		})
	}
}

// TestIndependentWebSocketClient does the same on a WebSocket.
func TestIndependentWebSocketClient(t *testing.T) {
	for d, greeting := range map[refserver.Dialect][]string{
		refserver.Guide: {list("Subscribed", "all")},
		refserver.Node:  nil,
	} {
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			tcp, err := r.net.DialContext(t.Context(), "tcp", "node")
			require.NoError(t, err)
			cfg, err := xnet.NewConfig("ws://node"+refserver.SocketPath, "http://node")
			require.NoError(t, err)
			conn, err := xnet.NewClient(cfg, tcp)
			require.NoError(t, err)
			defer conn.Close()
			require.NoError(t, xnet.Message.Send(conn, ping))
			for _, want := range append(greeting, pong) {
				var text string
				require.NoError(t, xnet.Message.Receive(conn, &text))
				assert.Equal(t, want, text)
			}
			require.NoError(t, r.Emit(tips, `{}`))
			var text string
			require.NoError(t, xnet.Message.Receive(conn, &text))
			assert.Equal(t, tips, typeOf(t, text))
		})
	}
}
