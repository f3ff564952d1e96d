package client_test

import (
	"context"
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

// A transport that opens and dies is no better one: what delivers stays.
func TestATrialThatDiesChangesNothing(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		m, _ := r.follow(client.Options{})
		r.connected(m)
		r.node.Heal(refserver.Streams)
		r.node.DieAfter(refserver.Streams, 0)
		pass(10 * time.Minute)
		assert.Equal(t, fallback.Polling, m.Health().Transport)
		assert.Equal(t, []events.GapCause{events.GapByPolling}, r.episodes(t))
		s := m.Metrics().Snapshot()
		assert.NotZero(t, s.Transports[fallback.WebSocket].Dials, "it was tried")
		assert.Zero(t, s.Transports[fallback.WebSocket].Open)
		assert.Less(t, s.Transports[fallback.WebSocket].Dials, uint64(30), "and not hammered")
	})
}

// What a trial saw while polling could not see it is handed on; between two
// streams it would come twice.
func TestNoticesOfATrial(t *testing.T) {
	t.Parallel()
	for _, below := range []fallback.Transport{fallback.Polling, fallback.SSE} {
		t.Run(below.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
				m, _ := r.follow(client.Options{
					Fallback: fallback.Policy{Order: []fallback.Transport{fallback.WebSocket, below}},
				})
				r.connected(m)
				require.Equal(t, below, m.Health().Transport)
				r.node.Heal(refserver.WebSocket)
				require.NoError(t, r.node.WaitFor(t.Context(), func() bool { return r.node.Streams(refserver.WebSocket) == 1 }))
				pass(100 * time.Millisecond)
				require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
				pass(time.Minute)
				require.Equal(t, fallback.WebSocket, m.Health().Transport)
				assert.Len(t, r.seen(events.TypeTransferRecorded), 1)
				if causes := r.episodes(t); below == fallback.Polling {
					assert.Equal(t, []events.GapCause{events.GapByPolling}, causes)
				} else {
					assert.Subset(t, []events.GapCause{events.GapBySwitch}, causes)
				}
				assert.Len(t, m.Metrics().Snapshot().Promotions, 1)
			})
		})
	}
}

// On a quiet server nothing comes by itself that could prove a trial good.
func TestAQuietServerIsClimbedBackTo(t *testing.T) {
	t.Parallel()
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		m, _ := r.follow(client.Options{})
		r.connected(m)
		r.node.Heal(refserver.Streams)
		pass(3 * time.Minute)
		assert.Equal(t, fallback.WebSocket, m.Health().Transport)
	})
}

// A subscription that needs a new connection and cannot have it at once gets it
// later; what delivers meanwhile stays.
func TestSubscribeWhenTheNewConnectionFails(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux, late handlers.Mux
		late.OnAny(r.event)
		m, _ := r.run(&mux, client.Options{
			Fallback: only(fallback.SSE), Subscription: subscription.To(events.TypeMessageAdded),
		})
		r.connected(m)
		r.node.Refuse(refserver.SSE, refserver.Answer{Status: 503, Times: 1})
		_, err := m.Subscribe(subscription.To(events.TypeMessageFinalized), &late)
		require.NoError(t, err)
		pass(time.Minute)
		require.Equal(t, client.Connected, m.Health().State)
		r.node.Finalize(r.node.AddMessage(refserver.AddOptions{}), false)
		pass(time.Second)
		assert.Len(t, r.seen(events.TypeMessageFinalized), 1)
		assert.Empty(t, r.gapList(), "facts are found by REST")
	})
}

// Many subscriptions at once are one question.
func TestAStormOfSubscriptionsIsNoStormOfDials(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		m, _ := r.run(&mux, client.Options{
			Fallback: only(fallback.SSE), Subscription: subscription.To(events.TypeMessageAdded),
		})
		r.connected(m)
		before := r.node.Requests(refserver.SSEPath)
		var late handlers.Mux
		for _, typ := range events.Types()[:50] {
			_, err := m.Subscribe(subscription.To(typ), &late)
			require.NoError(t, err)
		}
		pass(time.Minute)
		assert.LessOrEqual(t, r.node.Requests(refserver.SSEPath)-before, 9, "two connections, each in up to four spellings")
		assert.Equal(t, client.Connected, m.Health().State)
		id := r.node.AddMessage(refserver.AddOptions{})
		late.OnAny(r.event)
		r.node.Finalize(id, false)
		pass(time.Second)
		assert.Len(t, r.seen(events.TypeMessageFinalized), 1)
	})
}

func TestAnErrorOfTheServerIsToldAndTheStreamGoesOn(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		r.node.AddMessage(refserver.AddOptions{})
		pass(time.Second)
		r.node.Raw(refserver.WebSocket, []byte(`{"type":"Error","message":"slow down"}`))
		id := r.node.AddMessage(refserver.AddOptions{})
		pass(time.Second)
		assert.Contains(t, r.ids(t, events.TypeMessageAdded), id)
		assert.Empty(t, r.gapList())
	})
}

func TestOnStateThatDoesNotReturnIsNamed(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		release := make(chan struct{})
		m, stop := r.follow(client.Options{OnState: func(client.Change) { <-release }})
		r.connected(m)
		err := stop()
		var drain *client.DrainError
		require.ErrorAs(t, err, &drain)
		assert.Empty(t, drain.Running)
		assert.True(t, drain.OnState)
		close(release)
	})
}

func TestAHandlerErrorIsCounted(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		handlers.On(&mux, func(context.Context, events.MessageAdded) error { return errTest })
		m, _ := r.run(&mux, client.Options{})
		r.connected(m)
		r.node.AddMessage(refserver.AddOptions{})
		pass(time.Second)
		assert.Equal(t, uint64(1), m.Metrics().Snapshot().HandlerErrors)
	})
}

// A server that refuses the names of the types late, before its first event, is
// asked in another spelling at once; what may be missing is told.
func TestNamesRefusedLateAreAskedForOtherwise(t *testing.T) {
	t.Parallel()
	known := append(events.GuideTypes(), "tips.update", "kcore.update", "message.new")
	inBubble(t, refserver.Config{Known: known}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{
			Fallback: only(fallback.WebSocket), Subscription: subscription.To(events.TypeMessageAdded),
		})
		r.connected(m)
		r.node.Raw(refserver.WebSocket, []byte(`{"type":"Error","message":"Invalid event type"}`))
		pass(time.Second)
		assert.Equal(t, []string{"connecting websocket", "connected websocket"}, r.states())
		assert.Equal(t, []events.GapCause{events.GapBySwitch}, r.episodes(t))
		id := r.node.AddMessage(refserver.AddOptions{})
		pass(time.Second)
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded))
	})
}
