package client_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// While the reader stalls both lanes with beats overflow at the node, and after that
// nothing of either is sent: no lane can wake the other. Pings do, and the connection
// stays.
func TestADeafSocketIsWokenByPings(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		pass(20 * time.Second)
		r.net.Freeze(address, true)
		padding := strings.Repeat("x", 8000)
		for i := range 3000 {
			if i == 200 {
				padding = ""
			}
			require.NoError(t, r.node.Emit(events.TypeTransferRecorded, fmt.Sprintf(`{"amount":"%d","reason":"%s"}`, i, padding)))
			require.NoError(t, r.node.Emit(events.TypeSyncStarted, fmt.Sprintf(`{"peer_id":"%d%s"}`, i, padding)))
			time.Sleep(time.Millisecond) // fake time
		}
		r.net.Freeze(address, false)
		pass(500 * time.Millisecond)
		heard := len(r.all())
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
		pass(time.Second)
		require.Len(t, r.all(), heard, "it is deaf")
		pass(10 * time.Second)
		assert.Greater(t, len(r.all()), heard+500, "what the node still had")
		pass(20 * time.Second)
		assert.Equal(t, uint64(1), m.Metrics().Snapshot().Transports[fallback.WebSocket].Dials)
		assert.Contains(t, r.episodes(t), events.GapByDeaf)
		assert.Zero(t, m.Health().StaleSince)
	})
}
