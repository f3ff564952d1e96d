package client_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
)

// What a connection has brought and a blocked reader could not read yet is not lost to
// a better one: that waits until the reader goes on, or the cut is known.
func TestABetterTransportWaitsForABlockedReader(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
		var mux handlers.Mux
		s := newTale(&mux)
		m, _ := r.run(&mux, narrow(client.Block, fallback.WebSocket, fallback.SSE))
		r.connected(m)
		require.Equal(t, fallback.SSE, m.Health().Transport)
		r.transfers(10)
		r.transfers(10) // not read yet
		r.node.Heal(refserver.WebSocket)
		require.NoError(t, r.node.WaitFor(t.Context(), func() bool { return r.node.Streams(refserver.WebSocket) == 1 }))
		pass(5 * time.Minute)
		assert.Equal(t, fallback.SSE, m.Health().Transport)
		close(s.gate)
		pass(time.Minute)
		require.Equal(t, fallback.WebSocket, m.Health().Transport)
		told := slices.DeleteFunc(s.told(), func(word string) bool { return len(word) > 2 })
		assert.Equal(t, slices.Concat(amounts(1, 10), amounts(1, 10)), told, "%v", s.told())
	})
}
