package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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

// Polling: notices cannot be polled, and a gap says so.
func TestNoticesWantedWhilePolling(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		m, _ := r.run(&mux, client.Options{Fallback: only(fallback.Polling), Subscription: subscription.To(events.TypeMessageAdded)})
		r.connected(m)
		pass(20 * time.Second)
		var late handlers.Mux
		late.OnAny(r.event)
		_, err := m.Subscribe(subscription.To(events.TypeTransferRecorded), &late)
		require.NoError(t, err)
		pass(time.Minute)
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
		pass(time.Minute)
		assert.Equal(t, []events.GapCause{events.GapByPolling}, r.episodes(t))
	})
}

// Every notice was delivered once, or lies in a gap. A notice that is wanted
// since an outage is missing in it.
func TestNoticesWantedInAnOutage(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket), Subscription: subscription.To(events.TypeMessageAdded)})
		r.connected(m)
		pass(30 * time.Second)
		r.net.Refuse(address, true)
		r.node.Drop(refserver.Streams)
		pass(5 * time.Second)
		var late handlers.Mux
		late.OnAny(func(context.Context, events.Envelope) error { return nil })
		_, err := m.Subscribe(subscription.To(events.TypeTransferRecorded), &late)
		require.NoError(t, err)
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
		pass(5 * time.Second)
		r.net.Refuse(address, false)
		pass(3 * time.Minute)
		gaps := r.settled()
		require.Len(t, gaps, 1)
		assert.Equal(t, events.GapUnrepairable, gaps[0].Outcome, "%v", gaps[0])
	})
}

// The same for types that the SDK does not know: they are notices.
func TestUnknownTypesAreNotices(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Known: append(slices.Clone(events.Types()), "CustomThing")}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{
			Fallback: only(fallback.WebSocket), AllowUnknownTypes: true, Subscription: subscription.To("CustomThing"),
		})
		r.connected(m)
		pass(30 * time.Second)
		r.node.Drop(refserver.Streams)
		require.NoError(t, r.node.Emit("CustomThing", `{"n":1}`))
		pass(3 * time.Minute)
		gaps := r.settled()
		require.NotEmpty(t, gaps)
		assert.Equal(t, events.GapUnrepairable, gaps[0].Outcome, "%v", gaps[0])
	})
}

// Between two streams each notice comes once, also one that was subscribed
// to while the old stream was running.
func TestWidenedThenSwitched(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Known: events.Types()}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.SSE, refserver.Answer{Status: 403})
		m, _ := r.follow(client.Options{
			Fallback:     fallback.Policy{Order: []fallback.Transport{fallback.SSE, fallback.WebSocket}},
			Subscription: subscription.To(events.TypeMessageAdded),
		})
		r.connected(m)
		require.Equal(t, fallback.WebSocket, m.Health().Transport)
		var late handlers.Mux
		n := 0
		late.OnAny(func(_ context.Context, e events.Envelope) error {
			if e.Type == events.TypeTransferRecorded {
				n++
			}
			return nil
		})
		_, err := m.Subscribe(subscription.To(events.TypeTransferRecorded), &late)
		require.NoError(t, err)
		pass(10 * time.Second)
		r.node.Heal(refserver.SSE)
		require.NoError(t, r.node.WaitFor(t.Context(), func() bool { return r.node.Streams(refserver.SSE) == 1 }))
		pass(100 * time.Millisecond)
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
		pass(2 * time.Minute)
		require.Equal(t, fallback.SSE, m.Health().Transport)
		assert.True(t, n == 1 || slices.Contains(r.episodes(t), events.GapBySwitch), "%d times, and no gap", n)
	})
}

// State: the newest is delivered, to each consumer that wants it.
func TestSecondConsumerOfAState(t *testing.T) {
	t.Parallel()
	for _, events2 := range []bool{false, true} {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			var mux handlers.Mux
			m, _ := r.run(&mux, client.Options{Fallback: only(fallback.WebSocket), Subscription: subscription.To(events.TypeEconomicsUpdated)})
			r.connected(m)
			pass(2 * time.Minute)
			if events2 {
				ctx, end := context.WithCancel(t.Context())
				done := make(chan struct{})
				go func() {
					defer close(done)
					for env := range m.Events(ctx) {
						_ = r.event(ctx, env)
					}
				}()
				pass(10 * time.Minute)
				end()
				<-done
			} else {
				var late handlers.Mux
				late.OnAny(r.event)
				_, err := m.Subscribe(subscription.To(events.TypeEconomicsUpdated), &late)
				require.NoError(t, err)
				pass(10 * time.Minute)
			}
			assert.NotEmpty(t, r.seen(events.TypeEconomicsUpdated))
		})
	}
}

// WaitInSync, Sync and readiness do not hang on what nobody wants any more.
func TestHeldFinalNobodyWants(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		var mux, facts handlers.Mux
		m, _ := r.run(&mux, client.Options{Fallback: only(fallback.WebSocket), Subscription: subscription.To(events.TypeTransferRecorded)})
		facts.OnAny(r.event)
		cancel, err := m.Subscribe(subscription.To(events.TypeMessageAdded, events.TypeMessageFinalized), &facts)
		require.NoError(t, err)
		r.connected(m)
		pass(20 * time.Second)
		payload, _ := json.Marshal(map[string]any{"message_id": fmt.Sprintf("%064x", 7), "finality_type": "kcore", "timestamp": time.Now().Unix()})
		require.NoError(t, r.node.Emit(events.TypeMessageFinalized, json.RawMessage(payload)))
		pass(10 * time.Second)
		require.Equal(t, 1, m.Health().Owed)
		cancel()
		ctx, end := context.WithTimeout(t.Context(), 30*time.Minute)
		defer end()
		assert.NoError(t, m.WaitInSync(ctx))
		assert.NoError(t, m.Sync(ctx))
		assert.Zero(t, m.Health().Owed)
	})
}
