package client_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func TestEventsReachTypedHandlersInOrder(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var got []string
		var mux handlers.Mux
		handlers.On(&mux, func(_ context.Context, e events.MessageAdded) error {
			got = append(got, e.MessageID)
			return nil
		})
		m, stop := r.run(&mux, client.Options{})
		r.connected(m)
		var want []string
		for range 50 {
			want = append(want, r.node.AddMessage(refserver.AddOptions{}))
		}
		pass(time.Second)
		requireCanceled(t, stop())
		assert.Equal(t, want, got)
	})
}

func TestATypeTheSDKDoesNotKnowArrivesRaw(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		require.NoError(t, r.node.Emit("SomethingNew", map[string]any{"answer": 42}))
		pass(time.Second)
		seen := r.seen("SomethingNew")
		require.Len(t, seen, 1)
		assert.Contains(t, string(seen[0].Data), `"answer":42`)
		assert.Equal(t, uint64(1), m.Metrics().Snapshot().ByType["SomethingNew"])
	})
}

func TestOneFactIsHandedOnOnce(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		r.node.Duplicate(100)
		id := r.node.AddMessage(refserver.AddOptions{})
		require.True(t, r.node.Finalize(id, false))
		pass(time.Second)
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded))
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageFinalized))
		assert.GreaterOrEqual(t, m.Metrics().Snapshot().Duplicates, uint64(2))
	})
}

func TestEqualNoticesAreDifferentFacts(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		for range 3 {
			require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
		}
		pass(time.Second)
		assert.Len(t, r.seen(events.TypeTransferRecorded), 3)
	})
}

func TestAFailingHandlerIsIsolatedCountedAndLoggedOnce(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		handlers.On(&mux, func(context.Context, events.MessageAdded) error { panic("boom") })
		handlers.On(&mux, func(context.Context, events.MessageAdded) error { return errTest })
		mux.OnAny(r.event)
		var j journal
		m, _ := r.run(&mux, client.Options{Logger: j.logger(slog.LevelInfo)})
		r.connected(m)
		for range 5 {
			r.node.AddMessage(refserver.AddOptions{})
		}
		pass(time.Second)
		assert.Len(t, r.seen(events.TypeMessageAdded), 5, "the others still run")
		s := m.Metrics().Snapshot()
		assert.Equal(t, uint64(5), s.HandlerPanics)
		assert.Equal(t, 1, j.with("panicked"), j.String())
		assert.Equal(t, client.Connected, m.Health().State)
	})
}

func TestAPanicOfOnStateIsIsolated(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{OnState: func(client.Change) { panic("boom") }})
		r.connected(m)
		assert.Equal(t, client.Connected, m.Health().State)
		requireCanceled(t, stop())
	})
}

func TestAPayloadThatDoesNotDecodeIsCounted(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		called := false
		handlers.On(&mux, func(context.Context, events.TransferRecorded) error { called = true; return nil })
		m, _ := r.run(&mux, client.Options{})
		r.connected(m)
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, map[string]any{"amount": []int{1}}))
		pass(time.Second)
		assert.False(t, called)
		assert.Equal(t, uint64(1), m.Metrics().Snapshot().DecodeErrors)
	})
}

// What t.FailNow does in a handler takes nothing along but itself.
func TestAHandlerThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		first := true
		handlers.On(&mux, func(context.Context, events.MessageAdded) error {
			if first {
				first = false
				runtime.Goexit()
			}
			return nil
		})
		mux.OnAny(r.event)
		m, stop := r.run(&mux, client.Options{Subscription: subscription.To(events.TypeMessageAdded)})
		r.connected(m)
		for range 3 {
			r.node.AddMessage(refserver.AddOptions{})
		}
		pass(time.Second)
		assert.Len(t, r.seen(events.TypeMessageAdded), 2)
		requireCanceled(t, stop())
		s := m.Metrics().Snapshot()
		assert.Zero(t, s.Pending)
		assert.Equal(t, uint64(1), s.HandlerPanics)
	})
}

// A handler may call back into the manager, also to subscribe and to leave.
func TestAHandlerMayCallTheManager(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var m *client.ConnectionManager
		var mux, second handlers.Mux
		second.OnAny(r.event)
		var remove func()
		remove = handlers.On(&mux, func(context.Context, events.MessageAdded) error {
			remove()
			m.Health()
			m.Metrics().Snapshot()
			cancel, err := m.Subscribe(subscription.To(events.TypeMessageFinalized), &second)
			if err == nil {
				cancel()
				_, err = m.Subscribe(subscription.To(events.TypeMessageFinalized), &second)
			}
			return err
		})
		m, _ = r.run(&mux, client.Options{})
		r.connected(m)
		id := r.node.AddMessage(refserver.AddOptions{})
		pass(time.Second)
		r.node.Finalize(id, false)
		pass(time.Second)
		assert.Len(t, r.seen(events.TypeMessageFinalized), 1)
		assert.Zero(t, m.Metrics().Snapshot().HandlerErrors)
	})
}

func TestWhatWasReceivedIsHandledBeforeRunReturns(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		handled := 0
		handlers.On(&mux, func(ctx context.Context, _ events.MessageAdded) error {
			time.Sleep(10 * time.Millisecond)
			if ctx.Err() == nil {
				handled++
			}
			return nil
		})
		m, stop := r.run(&mux, client.Options{})
		r.connected(m)
		for range 200 {
			r.node.AddMessage(refserver.AddOptions{})
		}
		synctest.Wait()
		requireCanceled(t, stop())
		assert.Equal(t, 200, handled)
		assert.Equal(t, client.Closed, m.Health().State)
	})
}

func TestAHandlerThatDoesNotReturnIsNamed(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		var cause error
		ended := make(chan struct{})
		handlers.On(&mux, func(ctx context.Context, _ events.MessageAdded) error {
			defer close(ended)
			<-ctx.Done()
			cause = context.Cause(ctx)
			return nil
		})
		m, stop := r.run(&mux, client.Options{DrainTimeout: 3 * time.Second})
		r.connected(m)
		r.node.AddMessage(refserver.AddOptions{})
		r.node.AddMessage(refserver.AddOptions{})
		synctest.Wait()
		began := time.Now()
		err := stop()
		assert.Equal(t, 3*time.Second, time.Since(began))
		var drain *client.DrainError
		require.ErrorAs(t, err, &drain)
		assert.Equal(t, events.TypeMessageAdded, drain.Running)
		assert.NotZero(t, drain.Left)
		requireCanceled(t, err)
		<-ended
		require.Error(t, cause)
		s := m.Metrics().Snapshot()
		assert.LessOrEqual(t, s.Handled+s.Dropped, s.Received)
	})
}

func TestRunTwiceIsAnError(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{})
		r.connected(m)
		require.ErrorIs(t, m.Run(t.Context()), client.ErrRunning)
		requireCanceled(t, stop())
		require.ErrorIs(t, m.Run(t.Context()), client.ErrRunning)
	})
}

func TestRunReturnsTheCauseOfItsContext(t *testing.T) {
	t.Parallel()
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, err := client.New("http://"+address, nil, &client.Options{HTTPClient: r.net.Client()})
		require.NoError(t, err)
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("maintenance")
		cancel(why)
		require.ErrorIs(t, m.Run(ctx), why)
		assert.Equal(t, client.Closed, m.Health().State)
	})
}

func TestStatesAreToldInOrderAheadOfEvents(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{})
		r.connected(m)
		r.node.Drop(refserver.Streams)
		pass(30 * time.Second)
		requireCanceled(t, stop())
		list := r.changeList()
		assert.Equal(t, client.Idle, list[0].From)
		for i, c := range list[1:] {
			assert.Equal(t, list[i].To, c.From, "no change is left out")
		}
		assert.Equal(t, client.Closed, list[len(list)-1].To)
		require.Error(t, list[2].Err, "why Connected ended")
	})
}
