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
	nhooyr "nhooyr.io/websocket" //nolint:staticcheck // deprecated, and for that reason independent
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
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			client := r.net.Client()
			defer client.CloseIdleConnections()
			conn, _, err := nhooyr.Dial(t.Context(), "ws://node"+refserver.SocketPath, &nhooyr.DialOptions{HTTPClient: client})
			require.NoError(t, err)
			defer conn.CloseNow()
			if d == refserver.Guide {
				_, b, err := conn.Read(t.Context())
				require.NoError(t, err)
				assert.Equal(t, list("Subscribed", "all"), string(b))
			}
			require.NoError(t, conn.Write(t.Context(), nhooyr.MessageText, []byte(ping)))
			_, b, err := conn.Read(t.Context())
			require.NoError(t, err)
			assert.Equal(t, pong, string(b))
			require.NoError(t, r.Emit(tips, `{}`))
			_, b, err = conn.Read(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tips, typeOf(t, string(b)))
		})
	}
}
