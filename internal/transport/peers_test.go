//lint:file-ignore SA1019 independent peer

//nolint:staticcheck // the deprecated library is an independent peer
package transport_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"nhooyr.io/websocket"
)

// The server of another library, which follows the RFC by its own code paths.
func TestNhooyrServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := make(chan websocket.StatusCode, 1)
		network := start(t, func(w http.ResponseWriter, r *http.Request) {
			c, err := websocket.Accept(w, r, nil)
			if !assert.NoError(t, err) {
				return
			}
			defer func() { _ = c.CloseNow() }()
			for {
				_, data, err := c.Read(r.Context())
				if err != nil {
					left <- websocket.CloseStatus(err)
					return
				}
				switch string(data) {
				case `{"type":"Ping"}`:
					assert.NoError(t, c.Write(r.Context(), websocket.MessageText, []byte(`{"type":"Pong"}`)))
					assert.NoError(t, c.Write(r.Context(), websocket.MessageText, []byte(tips(1))))
					assert.NoError(t, c.Write(r.Context(), websocket.MessageBinary, []byte{1}))
					time.AfterFunc(time.Hour, func() { _ = c.Write(r.Context(), websocket.MessageText, []byte(guideTips(2))) })
				default:
					assert.JSONEq(t, `{"type":"Unsubscribe","events":["TipsUpdated","tips.update","KCoreUpdated","kcore.update"]}`, string(data))
				}
			}
		})
		s := open(t, dialer(t, network, nil), fallback.WebSocket, someTypes)
		assert.Equal(t, wire.Pong, next(t, s).Kind)
		assert.Equal(t, wire.Event, next(t, s).Kind)
		assert.Equal(t, wire.Garbage, next(t, s).Kind)
		assert.Equal(t, wire.Event, next(t, s).Kind, "it answered pings for an hour")
		begun := time.Now()
		s.Close()
		assert.Zero(t, time.Since(begun), "it answers the Close frame")
		assert.Equal(t, websocket.StatusNormalClosure, <-left)
	})
}

// It closes with a code, and refuses with one.
func TestNhooyrServerCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, func(w http.ResponseWriter, r *http.Request) {
			c, err := websocket.Accept(w, r, nil)
			if !assert.NoError(t, err) {
				return
			}
			_, _, err = c.Read(r.Context())
			assert.NoError(t, err)
			assert.NoError(t, c.Write(r.Context(), websocket.MessageText, []byte(`{"type":"Pong"}`)))
			_ = c.Close(websocket.StatusServiceRestart, "back soon")
		})
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		next(t, s)
		_, err := s.Next()
		assert.Equal(t, &transport.ClosedError{Transport: fallback.WebSocket, Code: 1012, Reason: "back soon"}, err)
		require.NoError(t, (&transport.ClosedError{}).Unwrap())
	})
}
