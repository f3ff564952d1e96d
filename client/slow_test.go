package client_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// takes is a handler that does nothing for so long.
func takes[E events.Event](d time.Duration) func(context.Context, E) error {
	return func(context.Context, E) error { time.Sleep(d); return nil } // fake time
}

// Of many types the one whose handler is slow is named, with its time.
func TestASlowHandlerIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		limit   time.Duration // of the options
		options []handlers.Option
		took    time.Duration
		slow    bool
	}{
		{"by default", 0, nil, time.Second, true},
		{"just not", 0, nil, time.Second - 1, false},
		{"a limit", 50 * time.Millisecond, nil, 50 * time.Millisecond, true},
		{"off", -1, nil, time.Hour, false},
		{"concurrent", 0, []handlers.Option{handlers.Concurrent(2)}, time.Second, true},
		// Six of them, of which two are at work at a time: to wait is not to be slow.
		{"concurrent, just not", 0, []handlers.Option{handlers.Concurrent(2)}, time.Second - 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				handlers.On(&mux, takes[events.TransferRecorded](c.took), c.options...)
				handlers.On(&mux, takes[events.PeerConnected](0))
				var j journal
				opts := concurrently(events.TypeTransferRecorded, events.TypePeerConnected)
				opts.SlowHandler, opts.Logger = c.limit, j.logger(slog.LevelWarn)
				m, _ := r.run(&mux, opts)
				r.connected(m)
				r.transfers(6)
				for range 3 {
					require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{}))
				}
				require.NoError(t, m.Sync(t.Context()))
				pass(7 * c.took)
				slow := m.Metrics().Snapshot().SlowHandlers
				if !c.slow {
					assert.Empty(t, slow)
					assert.Zero(t, j.with("slow"), j.String())
					return
				}
				require.Len(t, slow, 1, "the others wait, and are not slow")
				assert.Equal(t, uint64(6), slow[events.TypeTransferRecorded].Count)
				assert.Equal(t, c.took, slow[events.TypeTransferRecorded].Max)
				assert.Equal(t, 1, j.with("slow"), "once")
				assert.Equal(t, 1, j.with("type=TransferRecorded took="+c.took.String()), j.String())
			})
		})
	}
}

// The time that the handler goroutine waits for room in a crew is nobody's.
func TestTheNextEventIsNotSlowBecauseOfACrew(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		handlers.On(&mux, takes[events.TransferRecorded](900*time.Millisecond), handlers.Concurrent(1))
		handlers.On(&mux, takes[events.PeerConnected](200*time.Millisecond))
		m, _ := r.run(&mux, concurrently(events.TypeTransferRecorded, events.TypePeerConnected))
		r.connected(m)
		for range 4 {
			for range 2 {
				require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{}))
			}
			require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{}))
		}
		pass(10 * time.Second)
		assert.Equal(t, uint64(4), m.Metrics().Snapshot().HandledByType[events.TypePeerConnected])
		assert.Empty(t, m.Metrics().Snapshot().SlowHandlers)
	})
}

// When a lane overflows, the log says whose handler it was that ran.
func TestAnOverflowNamesTheHandlerThatRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		slow func(*handlers.Mux, *client.Options)
		want string
	}{
		{"ordered", func(m *handlers.Mux, _ *client.Options) {
			handlers.On(m, takes[events.PeerConnected](time.Minute))
		}, "running=PeerConnected"},
		{"concurrent", func(m *handlers.Mux, _ *client.Options) {
			handlers.On(m, takes[events.PeerConnected](time.Minute), handlers.Concurrent(1))
		}, "running=PeerConnected"},
		{"OnState", func(_ *handlers.Mux, o *client.Options) {
			o.OnState = func(c client.Change) {
				if c.To == client.Connected {
					time.Sleep(time.Minute) // fake time
				}
			}
		}, "running=OnState"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				var j journal
				opts := concurrently(events.TypeTransferRecorded, events.TypePeerConnected)
				opts.Logger, opts.Lanes[0].Events = j.logger(slog.LevelWarn), 4
				handlers.On(&mux, takes[events.TransferRecorded](0))
				c.slow(&mux, &opts)
				m, _ := r.run(&mux, opts)
				r.connected(m)
				for range 2 {
					require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{}))
				}
				pass(time.Second)
				r.transfers(20)
				assert.Equal(t, 1, j.with("lane=high "+c.want), j.String())
				pass(5 * time.Minute)
			})
		})
	}
}
