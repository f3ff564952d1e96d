package client_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// No fact is missing after a restart with a cursor; now is the server's, and
// one event with a wrong time does not change that.
func TestOneEventFromTheFuture(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		for range 5 {
			r.node.AddMessage(refserver.AddOptions{})
			pass(10 * time.Second)
		}
		require.NoError(t, r.node.Emit(events.TypeKCoreUpdated, json.RawMessage(
			fmt.Sprintf(`{"finalized_count":0,"pending_count":0,"current_k_value":3,"timestamp":%d}`, time.Now().Add(1000*time.Hour).Unix()))))
		pass(10 * time.Second)
		r.node.AddMessage(refserver.AddOptions{At: time.Now().Add(time.Hour)}) // a fast proposer
		pass(3 * time.Minute)
		cursor := m.Cursor()
		requireCanceled(t, stop())
		id := r.node.AddMessage(refserver.AddOptions{})
		pass(time.Minute)
		m, stop = r.follow(client.Options{Fallback: only(fallback.WebSocket), ResumeFrom: cursor})
		r.connected(m)
		pass(5 * time.Minute)
		assert.Contains(t, r.ids(t, events.TypeMessageAdded), id)
		_ = stop()
	})
}

// Memory is bounded, whatever a server sends: ids are ids.
func TestLongIDs(t *testing.T) {
	inBubble(t, node, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		m, _ := r.run(&mux, client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		pass(10 * time.Second)
		heap := func() int64 {
			var s runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&s)
			return int64(s.HeapAlloc >> 20)
		}
		before := heap()
		for i := range 30 {
			id := fmt.Sprintf("%01000000d", i)
			require.NoError(t, r.node.Emit(events.TypeMessageAdded, json.RawMessage(
				fmt.Sprintf(`{"message_id":"%s","depth":1,"timestamp":%d}`, id, time.Now().Unix()))))
			pass(time.Second)
		}
		for range 1100 { // nothing of the server's remembers them
			require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{PeerID: "p"}))
			require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
			require.NoError(t, r.node.Emit(events.TypeSyncStarted, events.SyncStarted{PeerID: "p"}))
			time.Sleep(time.Millisecond)
		}
		pass(10 * time.Second)
		assert.Less(t, heap()-before, int64(20), "MB")
		_ = m.Cursor()
	})
}
