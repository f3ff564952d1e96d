package client_test

import (
	"context"
	"encoding/json"
	"fmt"
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

// WaitInSync returns when everything that was found has been handled.
func TestWaitInSyncWaitsForTheLastHandler(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		go_, running := make(chan struct{}), make(chan struct{}, 100)
		handled := false
		handlers.On(&mux, func(context.Context, events.MessageAdded) error {
			running <- struct{}{}
			<-go_
			handled = true
			return nil
		})
		m, _ := r.run(&mux, client.Options{Fallback: only(fallback.WebSocket), Subscription: subscription.To(events.TypeMessageAdded)})
		r.connected(m)
		pass(20 * time.Second)
		r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true}) // nobody announces it
		<-running
		pass(20 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := m.WaitInSync(ctx)
		assert.True(t, err != nil || handled, "in sync while a handler is at it")
		close(go_)
	})
}

// Health.Owed are the facts that are known, and that no handler was given
// yet; In sync: nothing is owed.
func TestOwedCountsAll(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		gate := make(chan struct{})
		var once sync.Once
		open := func() { once.Do(func() { close(gate) }) }
		defer open()
		handlers.On(&mux, func(context.Context, events.MessageAdded) error { <-gate; return nil })
		m, _ := r.run(&mux, client.Options{Fallback: only(fallback.WebSocket), Subscription: subscription.To(events.TypeMessageAdded)})
		r.connected(m)
		pass(20 * time.Second)
		for range 3000 {
			r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true})
		}
		pass(2 * time.Minute)
		assert.GreaterOrEqual(t, m.Health().Owed, 2900)
		open()
		pass(time.Minute)
	})
}

// In sync means that a pass begun after the last connect has ended;
// Health.InSyncSince and WaitInSync may not contradict each other.
func TestInSyncAfterASwitch(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		var m *client.ConnectionManager
		m, _ = r.follow(client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		require.NotZero(t, m.Health().InSyncSince)
		r.node.Heal(refserver.Streams)
		for range 60_000 {
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
			h := m.Health()
			if h.State != client.Connected || h.Transport == fallback.Polling {
				continue
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
			err := m.WaitInSync(ctx)
			cancel()
			assert.Equal(t, err == nil, !h.InSyncSince.IsZero(), "%v after the switch", time.Since(h.Since))
			return
		}
		t.Fatal("no switch")
	})
}

// When Run returns, everything that was received has been handled.
func TestHeldFinalAtTheEnd(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		pass(20 * time.Second)
		payload, _ := json.Marshal(map[string]any{"message_id": fmt.Sprintf("%064x", 7), "finality_type": "kcore", "timestamp": time.Now().Unix()})
		require.NoError(t, r.node.Emit(events.TypeMessageFinalized, json.RawMessage(payload)))
		pass(5 * time.Second)
		requireCanceled(t, stop())
		assert.Len(t, r.seen(events.TypeMessageFinalized), 1)
	})
}
