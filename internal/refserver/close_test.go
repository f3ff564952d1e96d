package refserver_test

import (
	"io"
	"testing"
	"testing/synctest"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNodeNeverAnswersClose(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ws := r.socket("?events=tips.update")
		ws.send(0x88, "\x03\xe8")
		assert.Empty(t, ws.frames())
		require.NoError(t, r.Emit(kcore, `{}`)) // not for this filter
		require.NoError(t, ws.ended())
		assert.Equal(t, 1, r.Sockets())
		require.NoError(t, r.Emit(tips, `{}`))
		require.Error(t, ws.ended(), "the next matching event ends it")
		assert.Empty(t, ws.frames())
		assert.Zero(t, r.Sockets())
	})
}

func TestNodeLeaksSlots(t *testing.T) {
	cfg := refserver.Config{Dialect: refserver.Node, MaxSockets: 2}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		r.socket("?events=TipsUpdated").conn.Close() // an abrupt end
		polite := r.socket("?events=TipsUpdated")    // the guide's name: never matches
		polite.send(0x88, "")
		polite.conn.Close()
		synctest.Wait()
		require.NoError(t, r.Emit(tips, `{}`))
		synctest.Wait()
		assert.Equal(t, 2, r.Sockets())

		p := r.open("GET "+refserver.SocketPath+" HTTP/1.1", upgrade...)
		assert.Equal(t, 503, p.head.StatusCode)
		assert.Equal(t, "text/plain; charset=utf-8", p.head.Header.Get("Content-Type"))
		assert.Empty(t, p.head.Header.Get("Retry-After"))
		assert.Equal(t, int64(len("Too many WebSocket connections")), p.head.ContentLength)
		r.events("") // SSE has no limit
	})
}

// A node holds a thousand sockets and does not limit requests.
func TestNodeHoldsAThousandSockets(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		for range 1000 {
			r.stalled("")
		}
		assert.Equal(t, 503, r.status(refserver.SocketPath))
		assert.Equal(t, 200, r.status(refserver.SSEPath))
		assert.Equal(t, 1000, r.Sockets())
	})
}

// A matching event frees the slot, after a Close frame as after an abrupt end.
func TestNodeFreesSlots(t *testing.T) {
	cfg := refserver.Config{Dialect: refserver.Node, MaxSockets: 2}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		r.socket("").conn.Close()
		polite := r.socket("")
		polite.send(0x88, "")
		polite.conn.Close()
		synctest.Wait()
		assert.Equal(t, 2, r.Sockets())
		require.NoError(t, r.Emit(tips, `{}`))
		synctest.Wait()
		assert.Zero(t, r.Sockets())
	})
}

// The courtesy that works: Unsubscribe everything turns the filter into all.
func TestNodeFreesTheSlotOfAPoliteClient(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ws := r.socket("?events=economics.update")
		assert.Len(t, ws.ask(list("Unsubscribe", "economics.update")), 1)
		ws.send(0x88, "")
		ws.conn.Close()
		synctest.Wait()
		assert.Equal(t, 1, r.Sockets())
		require.NoError(t, r.Emit(tips, `{}`))
		synctest.Wait()
		assert.Zero(t, r.Sockets())
	})
}

func TestGuideAnswersClose(t *testing.T) {
	inBubble(t, refserver.Config{MaxSockets: 1}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		ws.frames()
		ws.send(0x88, "\x03\xe8bye")
		assert.Equal(t, []message{{0x88, "\x03\xe8"}}, ws.frames())
		require.ErrorIs(t, ws.ended(), io.EOF)
		assert.Zero(t, r.Sockets())

		r.socket("").conn.Close()
		synctest.Wait()
		assert.Zero(t, r.Sockets(), "nor does it leak")
	})
}

func TestSSEFreesAtOnce(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		sse := r.events("?events=TipsUpdated")
		assert.Equal(t, 1, r.Streams(refserver.SSE))
		sse.conn.Close()
		synctest.Wait()
		assert.Zero(t, r.Streams(refserver.Streams))
	})
}

// A node that stops sends a FIN and nothing else.
func TestCloseIsABareFIN(t *testing.T) {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		t.Run(d.String(), func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
				ws, sse, leaked := r.socket(""), r.events(""), r.socket("?events=tips.update")
				leaked.conn.Close()
				ws.frames()
				r.Close()
				require.ErrorIs(t, ws.ended(), io.EOF)
				assert.Empty(t, ws.frames())
				require.ErrorIs(t, sse.ended(), io.ErrUnexpectedEOF, "no end of the chunked body")
				assert.Empty(t, sse.bytes())
				assert.Zero(t, r.Sockets())
				assert.Zero(t, r.Streams(refserver.Streams))
				r.Close() // may be called again
			})
		})
	}
}
