package client_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
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

// allTypes is a node that knows them all, whatever its dialect.
var allTypes = refserver.Config{Known: events.Types()}

// A shop counts who is at work in it.
type shop struct {
	mu         sync.Mutex
	busy, most int
	done       []string
}

// work is a handler that takes a second.
func (s *shop) work(name string) {
	s.mu.Lock()
	s.busy++
	s.most = max(s.most, s.busy)
	s.mu.Unlock()
	time.Sleep(time.Second) // fake time
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	s.done = append(s.done, name)
}

func (s *shop) finished() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.done)
}

func (s *shop) transfer(_ context.Context, e events.TransferRecorded) error {
	s.work(e.Amount)
	return nil
}

func (s *shop) added(_ context.Context, e events.MessageAdded) error {
	s.work("added " + e.MessageID)
	return nil
}

// concurrently are the options of those who want these types, on a WebSocket.
func concurrently(types ...events.Type) client.Options {
	return client.Options{Fallback: only(fallback.WebSocket), Subscription: subscription.To(types...)}
}

// transfers has the node tell of n transfers, from 1 on.
func (r *rig) transfers(n int) {
	r.t.Helper()
	require.NoError(r.t, r.node.Burst(events.TypeTransferRecorded, n, func(i int) any {
		return events.TransferRecorded{Amount: fmt.Sprint(i + 1)}
	}))
	synctest.Wait()
}

func TestConcurrentHandlersAreAsManyAsTheyAllow(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		var s shop
		handlers.On(&mux, s.transfer, handlers.Concurrent(3))
		var ordered []string
		handlers.On(&mux, func(_ context.Context, e events.TransferRecorded) error {
			ordered = append(ordered, e.Amount)
			return nil
		})
		m, stop := r.run(&mux, concurrently(events.TypeTransferRecorded))
		r.connected(m)
		began := time.Now()
		r.transfers(20)
		assert.Len(t, ordered, 4, "the handler goroutine waits with the fourth for room")
		require.NoError(t, m.Sync(t.Context()))
		assert.Equal(t, 7*time.Second, time.Since(began), "20 at 3 a second")
		assert.Equal(t, 3, s.most)
		var want []string
		for n := range 20 {
			want = append(want, fmt.Sprint(n+1))
		}
		assert.Equal(t, want, ordered)
		assert.ElementsMatch(t, want, s.finished())
		requireCanceled(t, stop())
		snap := m.Metrics().Snapshot()
		assert.Equal(t, uint64(20), snap.HandledByType[events.TypeTransferRecorded])
		assert.Zero(t, snap.Pending)
	})
}

// While its concurrent handlers are at work, others do not wait.
func TestOthersDoNotWaitForConcurrentHandlers(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		var s shop
		handlers.On(&mux, s.transfer, handlers.Concurrent(1))
		mux.OnAny(r.event)
		m, _ := r.run(&mux, concurrently(events.TypeTransferRecorded, events.TypePeerConnected))
		r.connected(m)
		r.transfers(1)
		require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{}))
		synctest.Wait()
		assert.Len(t, r.seen(events.TypePeerConnected), 1)
		assert.Len(t, r.seen(events.TypeTransferRecorded), 1, "nor do its own that are not concurrent")
		assert.Empty(t, s.finished())
		pass(time.Second)
		assert.Equal(t, []string{"1"}, s.finished())
	})
}

// What is about one message is handled in its order.
func TestConcurrentHandlersKeepTheOrderOfAMessage(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		var s shop
		handlers.On(&mux, func(_ context.Context, e events.DepositEscrowed) error {
			if e.Amount == "1" {
				time.Sleep(time.Minute) // fake time
			}
			s.work(e.MessageID + e.Amount)
			return nil
		}, handlers.Concurrent(4))
		m, _ := r.run(&mux, concurrently(events.TypeDepositEscrowed))
		r.connected(m)
		for i, id := range []string{"a", "a", "b", "a"} {
			require.NoError(t, r.node.Emit(events.TypeDepositEscrowed, events.DepositEscrowed{
				MessageID: id, Amount: fmt.Sprint(i + 1),
			}))
		}
		synctest.Wait()
		require.NoError(t, m.Sync(t.Context()))
		assert.Equal(t, []string{"b3", "a1", "a2", "a4"}, s.finished())
	})
}

func TestAFinalizationWaitsForConcurrentHandlersOfItsMessage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		option []handlers.Option
	}{{"ordered", nil}, {"concurrent", []handlers.Option{handlers.Concurrent(2)}}} {
		t.Run(c.name, func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				var s shop
				handlers.On(&mux, s.added, handlers.Concurrent(4))
				handlers.On(&mux, func(_ context.Context, e events.MessageFinalized) error {
					s.work("final " + e.MessageID)
					return nil
				}, c.option...)
				m, _ := r.run(&mux, concurrently(events.TypeMessageAdded, events.TypeMessageFinalized))
				r.connected(m)
				id := r.node.AddMessage(refserver.AddOptions{})
				require.True(t, r.node.Finalize(id, false))
				synctest.Wait()
				began := time.Now()
				require.NoError(t, m.Sync(t.Context()))
				assert.Equal(t, 2*time.Second, time.Since(began), "one after the other")
				assert.Equal(t, []string{"added " + id, "final " + id}, s.finished())
				assert.Zero(t, m.Health().Owed)
			})
		})
	}
}

// A cursor holds what the concurrent handlers have returned from, too, and no more.
func TestTheCursorWaitsForConcurrentHandlers(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		var s shop
		handlers.On(&mux, s.added, handlers.Concurrent(2))
		m, stop := r.run(&mux, concurrently(events.TypeMessageAdded))
		r.connected(m)
		pass(20 * time.Second)
		id := r.node.AddMessage(refserver.AddOptions{})
		synctest.Wait()
		during := m.Cursor()
		require.NoError(t, m.Sync(t.Context()))
		after := m.Cursor()
		requireCanceled(t, stop())
		for _, c := range []struct {
			cursor string
			want   []string
		}{{during, []string{id}}, {after, nil}} {
			r.envs = nil
			opts := concurrently(events.TypeMessageAdded)
			opts.ResumeFrom = c.cursor
			_, stop := r.follow(opts)
			pass(20 * time.Second)
			requireCanceled(t, stop())
			assert.Equal(t, c.want, r.ids(t, events.TypeMessageAdded))
		}
	})
}

// What can be told to have been handled has been: also what came late.
func TestInSyncWaitsForConcurrentHandlers(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		release := make(chan struct{})
		handlers.On(&mux, func(context.Context, events.MessageAdded) error { <-release; return nil }, handlers.Concurrent(2))
		m, _ := r.run(&mux, concurrently(events.TypeMessageAdded))
		r.connected(m)
		pass(20 * time.Second)
		for range 3 {
			r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true})
		}
		pass(20 * time.Second)
		assert.Equal(t, 3, m.Health().Owed, "two at work, one that waits for room")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, m.WaitInSync(ctx), context.DeadlineExceeded)
		close(release)
		require.NoError(t, m.WaitInSync(t.Context()))
		assert.Zero(t, m.Health().Owed)
	})
}
