package client_test

import (
	"context"
	"slices"
	"strings"
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

// While a lane blocks, nothing is read, and so no beat either: that is no hole, no
// deaf socket, no dead node and no dead link.
func TestABlockedReaderIsNoFault(t *testing.T) {
	t.Parallel()
	for _, transport := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(transport.String(), func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				s := newTale(&mux)
				m, stop := r.run(&mux, narrow(client.Block, transport))
				r.connected(m)
				pass(20 * time.Second)
				r.transfers(20)
				pass(5 * time.Minute)
				assert.Equal(t, client.Connected, m.Health().State)
				assert.Zero(t, m.Health().StaleSince, "it is not the node that is silent")
				close(s.gate)
				pass(2 * time.Minute)
				assert.Equal(t, amounts(1, 20), s.told(), "without a gap")
				snap := m.Metrics().Snapshot()
				assert.Zero(t, snap.Reconnections)
				assert.Empty(t, snap.Gaps)
				assert.Equal(t, uint64(1), snap.Transports[transport].Dials)
				requireCanceled(t, stop())
				addsUp(t, m)
			})
		})
	}
}

// What the server dropped while nobody read is a hole, as it is otherwise.
func TestWhatIsLostBehindABlockedReaderIsTold(t *testing.T) {
	t.Parallel()
	cfg := allTypes
	cfg.HighBuffer = 16
	cfg.Dialect = refserver.Node
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		s := newTale(&mux)
		m, _ := r.run(&mux, narrow(client.Block, fallback.WebSocket))
		r.connected(m)
		pass(20 * time.Second)
		r.transfers(10)
		long := strings.Repeat("9", 1<<20) // fills what lies between the node and the reader
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: long}))
		pass(2 * time.Minute)
		close(s.gate)
		pass(time.Minute)
		require.NotEmpty(t, r.node.Losses())
		assert.Equal(t, slices.Concat(amounts(1, 10), []string{long, "stall opened 0", "stall closed 0", "stall settled 0"}), s.told())
		assert.Equal(t, client.Connected, m.Health().State)
	})
}

// The end of a run hands out what was read, although the lane is full.
func TestTheEndOfARunThatIsBlocked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lane client.Lane
	}{
		{"events", client.Lane{Events: 4, Overflow: client.Block}},
		{"bytes", client.Lane{Bytes: 300, Overflow: client.Block}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				s := newTale(&mux)
				room := c.lane.Events
				mux.OnAny(func(_ context.Context, env events.Envelope) error {
					if c.lane.Bytes > 0 && env.Type == events.TypeTransferRecorded {
						room = max(room, c.lane.Bytes/len(env.Data))
					}
					return nil
				})
				opts := narrow(client.Block, fallback.WebSocket)
				opts.Lanes[0], opts.DrainTimeout = c.lane, -1
				m, stop := r.run(&mux, opts)
				r.connected(m)
				r.transfers(20)
				time.AfterFunc(time.Minute, func() { close(s.gate) })
				requireCanceled(t, stop())
				told := s.told()
				assert.Greater(t, len(told), 1+room, "more than there was in hand and in the lane")
				assert.Equal(t, amounts(1, len(told)), told)
				addsUp(t, m)
			})
		})
	}
}

// A better transport is taken while the reader is blocked: nothing is lost, and nothing
// comes twice.
func TestASwitchWhileTheReaderIsBlocked(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
		var mux handlers.Mux
		s := newTale(&mux)
		m, stop := r.run(&mux, narrow(client.Block, fallback.WebSocket, fallback.SSE))
		r.connected(m)
		require.Equal(t, fallback.SSE, m.Health().Transport)
		r.transfers(20)
		r.node.Heal(refserver.WebSocket)
		require.NoError(t, r.node.WaitFor(t.Context(), func() bool { return r.node.Streams(refserver.WebSocket) == 1 }))
		pass(time.Minute)
		close(s.gate)
		pass(5 * time.Minute)
		r.transfers(5)
		pass(time.Minute)
		require.Equal(t, fallback.WebSocket, m.Health().Transport)
		told := slices.DeleteFunc(s.told(), func(word string) bool { return len(word) > 2 })
		assert.Equal(t, slices.Concat(amounts(1, 20), amounts(1, 5)), told, "%v", s.told())
		requireCanceled(t, stop())
		addsUp(t, m)
	})
}
