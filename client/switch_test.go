package client_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// From one stream of a node to another nothing is lost, nothing is doubled and nothing
// needs to be told: the two are cut at a beat that both carry, and equal transfers
// are counted right.
func TestASwitchBetweenStreamsIsExact(t *testing.T) {
	t.Parallel()
	for pause := 10 * time.Millisecond; pause < time.Second; pause *= 3 {
		t.Run(pause.String(), func(t *testing.T) {
			cfg := node
			cfg.Rate = 2
			inBubble(t, cfg, func(t *testing.T, r *rig) {
				r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
				m, _ := r.follow(client.Options{Lanes: [3]client.Lane{{Events: 10_000}, {Events: 10_000}, {}}})
				r.connected(m)
				pass(20 * time.Second)
				require.Equal(t, fallback.SSE, m.Health().Transport)
				r.node.Heal(refserver.WebSocket)
				sent := 0
				for began := time.Now(); time.Since(began) < 3*time.Minute; sent++ {
					// Three in a row are equal.
					require.NoError(t, r.node.Emit(events.TypeTransferRecorded, fmt.Sprintf(
						`{"from_address":"","to_address":"","amount":"%d","reason":"","timestamp":%d}`, sent/3, time.Now().Unix())))
					require.NoError(t, r.node.Emit(events.TypeSyncStarted, fmt.Sprintf(`{"peer_id":"%d"}`, sent/3)))
					pass(pause)
				}
				pass(10 * time.Second)
				require.Equal(t, fallback.WebSocket, m.Health().Transport)
				for _, typ := range []events.Type{events.TypeTransferRecorded, events.TypeSyncStarted} {
					got := r.seen(typ)
					assert.Len(t, got, sent, typ)
					for i, env := range got {
						if i < sent {
							assert.Contains(t, string(env.Data), fmt.Sprintf(`"%d"`, i/3))
						}
					}
				}
				for _, g := range r.gapList() {
					assert.Equal(t, events.Low, g.Lane, "%v", g)
				}
			})
		})
	}
}

// The low lane has no beat: its notices are told as a gap, if they are wanted.
func TestASwitchTellsOfTheLowLane(t *testing.T) {
	t.Parallel()
	for _, low := range []bool{false, true} {
		t.Run(fmt.Sprint(low), func(t *testing.T) {
			inBubble(t, node, func(t *testing.T, r *rig) {
				r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
				want := subscription.To(events.TypeTransferRecorded, events.TypeEconomicsUpdated)
				if low {
					want.Types = append(want.Types, events.TypeNodeStarted)
				}
				m, _ := r.follow(client.Options{Subscription: want})
				r.connected(m)
				pass(20 * time.Second)
				r.node.Heal(refserver.WebSocket)
				pass(2 * time.Minute)
				require.Equal(t, fallback.WebSocket, m.Health().Transport)
				if !low {
					assert.Empty(t, r.gapList())
					return
				}
				assert.Equal(t, []events.GapCause{events.GapBySwitch}, r.episodes(t))
				g := r.gapList()[0]
				assert.Equal(t, events.Low, g.Lane)
				assert.Equal(t, []events.Family{events.Notice}, g.Families)
			})
		})
	}
}

// A proven successor is worth having also if the connection that it was to replace
// ends meanwhile.
func TestAProvenTrialSurvivesTheEndOfTheOldStream(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		r.node.Heal(refserver.WebSocket)
		require.NoError(t, r.node.WaitFor(t.Context(), func() bool { return r.node.Streams(refserver.WebSocket) == 1 }))
		pass(4 * time.Second) // a beat came
		require.Equal(t, fallback.SSE, m.Health().Transport)
		r.node.Drop(refserver.SSE)
		pass(5 * time.Second)
		assert.Equal(t, fallback.WebSocket, m.Health().Transport)
		assert.NotContains(t, r.episodes(t), events.GapByDisconnect)
		assert.Equal(t, uint64(1), m.Metrics().Snapshot().Transports[fallback.WebSocket].Connects)
	})
}

// Another set of types is another connection on SSE, and as exact.
func TestAWiderSetIsExact(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{
			Fallback: only(fallback.SSE), Subscription: subscription.To(events.TypeTransferRecorded),
		})
		r.connected(m)
		pass(20 * time.Second)
		var more record
		var mux handlers.Mux
		mux.OnAny(more.event)
		cancel, err := m.Subscribe(subscription.To(events.TypePeerConnected), &mux)
		require.NoError(t, err)
		sent := 0
		for range 300 {
			require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
			require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{PeerID: "p"}))
			sent++
			pass(100 * time.Millisecond)
		}
		assert.Equal(t, sent, len(r.seen(events.TypeTransferRecorded)))
		assert.Greater(t, len(more.seen(events.TypePeerConnected)), sent/2)
		assert.Empty(t, r.gapList())
		// Narrowing is a trap of nodes: it is done here.
		cancel()
		before := len(more.all())
		require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{PeerID: "p"}))
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
		pass(time.Second)
		assert.Len(t, more.all(), before)
	})
}

// Polling brings no notices, and that is told once, for as long as it lasts.
func TestPollingIsAGapOfNotices(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(30 * time.Second)
		gaps := r.gapList()
		require.Len(t, gaps, 1)
		assert.Equal(t, events.GapByPolling, gaps[0].Cause)
		assert.Equal(t, []events.Family{events.Notice}, gaps[0].Families)
		assert.Equal(t, 1, m.Health().OpenGaps)
		r.node.Heal(refserver.Streams)
		pass(5 * time.Minute)
		require.Equal(t, fallback.WebSocket, m.Health().Transport)
		assert.Contains(t, r.episodes(t), events.GapByPolling)
		assert.Zero(t, m.Health().OpenGaps)
		assert.Equal(t, events.GapUnrepairable, r.settled()[0].Outcome)
	})
}
