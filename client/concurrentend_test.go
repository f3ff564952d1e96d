package client_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func TestTheEndWaitsForConcurrentHandlers(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		var s shop
		handlers.On(&mux, s.transfer, handlers.Concurrent(2))
		m, stop := r.run(&mux, concurrently(events.TypeTransferRecorded))
		r.connected(m)
		r.transfers(6)
		began := time.Now()
		requireCanceled(t, stop())
		assert.Equal(t, 3*time.Second, time.Since(began))
		assert.Len(t, s.finished(), 6)
		assert.Zero(t, m.Metrics().Snapshot().Pending)
	})
}

func TestAConcurrentHandlerThatDoesNotReturnIsNamed(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		begun, ended := 0, make(chan struct{}, 6)
		var mu sync.Mutex
		handlers.On(&mux, func(ctx context.Context, _ events.TransferRecorded) error {
			mu.Lock()
			begun++
			mu.Unlock()
			<-ctx.Done()
			ended <- struct{}{}
			return nil
		}, handlers.Concurrent(2))
		m, stop := r.run(&mux, concurrently(events.TypeTransferRecorded))
		r.connected(m)
		r.transfers(6)
		var drain *client.DrainError
		require.ErrorAs(t, stop(), &drain)
		assert.Equal(t, events.TypeTransferRecorded, drain.Running)
		synctest.Wait()
		s := m.Metrics().Snapshot()
		assert.Equal(t, uint64(len(ended)), s.HandledByType[events.TypeTransferRecorded], "those that were begun")
		assert.Equal(t, 6, drain.Left+len(ended))
		assert.Zero(t, s.Pending)
	})
}

func TestAConcurrentHandlerThatFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fail func() error
	}{
		{"panic", func() error { panic("boom") }},
		{"goexit", func() error { runtime.Goexit(); return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				var s shop
				handlers.On(&mux, func(_ context.Context, e events.TransferRecorded) error {
					s.work(e.Amount)
					return c.fail()
				}, handlers.Concurrent(2))
				m, stop := r.run(&mux, concurrently(events.TypeTransferRecorded))
				r.connected(m)
				r.transfers(6)
				require.NoError(t, m.Sync(t.Context()))
				assert.Len(t, s.finished(), 6, "its place is free again")
				requireCanceled(t, stop())
				snap := m.Metrics().Snapshot()
				assert.Equal(t, uint64(6), snap.HandlerPanics)
				assert.Equal(t, uint64(6), snap.HandledByType[events.TypeTransferRecorded])
			})
		})
	}
}

// A handler that is running when its subscription is canceled finishes, and no other
// event comes to it, nor to those beside it.
func TestCancelWhileConcurrentHandlersWork(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux, second handlers.Mux
		var s, others shop
		handlers.On(&mux, s.transfer, handlers.Concurrent(2))
		handlers.On(&second, others.transfer, handlers.Concurrent(3))
		m, _ := r.run(&mux, concurrently(events.TypeTransferRecorded))
		cancel, err := m.Subscribe(subscription.To(events.TypeTransferRecorded), &second)
		require.NoError(t, err)
		r.connected(m)
		r.transfers(6)
		pass(1500 * time.Millisecond) // one after the other, on one goroutine
		cancel()
		require.NoError(t, m.Sync(t.Context()))
		assert.Len(t, s.finished(), 6)
		assert.LessOrEqual(t, s.most, 2, "the least counts for all")
		assert.Len(t, others.finished(), 2)
	})
}

// Of what the crews have, that which hangs is named, and no other handlers begin once
// Run has returned: what waited for them is left.
func TestNoHandlersBeginAfterTheEnd(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		begun, release := 0, make(chan struct{})
		handlers.On(&mux, func(context.Context, events.DepositEscrowed) error {
			begun++
			<-release
			return nil
		}, handlers.Concurrent(4))
		handlers.On(&mux, func(context.Context, events.TransferRecorded) error { return nil }, handlers.Concurrent(4))
		m, stop := r.run(&mux, concurrently(events.TypeDepositEscrowed, events.TypeTransferRecorded))
		r.connected(m)
		for range 3 { // of one message: one after the other
			require.NoError(t, r.node.Emit(events.TypeDepositEscrowed, events.DepositEscrowed{MessageID: "a"}))
		}
		r.transfers(1)
		var drain *client.DrainError
		require.ErrorAs(t, stop(), &drain)
		assert.Equal(t, events.TypeDepositEscrowed, drain.Running, "not the transfer, which came last")
		assert.Equal(t, 2, drain.Left)
		close(release)
		synctest.Wait()
		assert.Equal(t, 1, begun)
		s := m.Metrics().Snapshot()
		assert.Equal(t, uint64(1), s.HandledByType[events.TypeDepositEscrowed])
		assert.Zero(t, s.Pending)
	})
}
