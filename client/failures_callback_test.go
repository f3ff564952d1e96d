package client_test

import (
	"context"
	"sync/atomic"
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

// What the application does not take, or does not return from, stops nothing: errors
// need no reader, and connections are made whoever is told of them.
func TestNobodyNeedsToListen(t *testing.T) {
	t.Parallel()
	wait := make(chan struct{})
	for name, onState := range map[string]func(client.Change){
		"nobody listens":                  nil,
		"whoever listens does not return": func(client.Change) { <-wait },
	} {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			wait = make(chan struct{}) // of this bubble
			web := r.net.Client()
			m, err := client.New("http://"+address, nil, &client.Options{
				Fallback: only(fallback.SSE), HTTPClient: web, OnState: onState, DrainTimeout: -1,
			})
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- m.Run(ctx) }()

			r.node.DieAfter(refserver.SSE, 0)
			pass(10 * time.Minute)
			assert.Greater(t, r.node.Requests(refserver.SSEPath), 10, name)
			r.node.Heal(refserver.SSE)
			pass(time.Minute)
			assert.Equal(t, client.Connected, m.Health().State, name)

			cancel()
			close(wait)
			requireCanceled(t, <-ended)
			web.CloseIdleConnections()
		})
	}
}

// A callback that is slower than what it is told of is told all of it, and goes on
// being told.
func TestASlowListenerIsToldEveryState(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{
			Fallback: only(fallback.SSE), OnState: func(client.Change) { time.Sleep(5 * time.Second) },
		})
		r.connected(m)
		for range 20 {
			pass(3 * time.Second)
			r.node.Drop(refserver.Streams)
		}
		pass(10 * time.Minute)
		list := r.changeList()
		dials := r.node.Requests(refserver.SSEPath)
		assert.Greater(t, dials, 5)
		assert.Greater(t, len(list), 2*dials, "each is at least connecting and connected")
		for i, c := range list[1:] {
			assert.Equal(t, list[i].To, c.From, "no change is left out")
		}
		assert.Equal(t, m.Health().State, list[len(list)-1].To)

		r.node.Drop(refserver.Streams)
		pass(time.Minute)
		assert.Greater(t, len(r.changeList()), len(list), "it is told of the next one too")
		requireCanceled(t, stop())
	})
}

// While a callback does not return, whoever asks for the state is answered at once.
func TestQuestionsAreAnsweredWhileACallbackBlocks(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		wait := make(chan struct{})
		m, stop := r.follow(client.Options{OnState: func(client.Change) { <-wait }})
		r.connected(m)
		began := time.Now()
		assert.Equal(t, client.Connected, m.Health().State)
		assert.Empty(t, m.Gaps())
		m.Cursor()
		m.Metrics().Snapshot()
		var mux handlers.Mux
		mux.OnAny(func(context.Context, events.Envelope) error { return nil })
		cancel, err := m.Subscribe(subscription.To(events.TypeTipsUpdated), &mux)
		require.NoError(t, err)
		cancel()
		assert.Zero(t, time.Since(began))
		close(wait)
		requireCanceled(t, stop())
	})
}

// Whoever is told of a state may ask for it, wait for it, and leave because of it.
func TestLeavingFromACallback(t *testing.T) {
	t.Parallel()
	for _, at := range []client.State{client.Connecting, client.Connected, client.Waiting} {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			web := r.net.Client()
			var m *client.ConnectionManager
			ctx, leave := context.WithCancel(t.Context())
			var told atomic.Int32
			m, err := client.New("http://"+address, nil, &client.Options{
				HTTPClient: web,
				OnState: func(c client.Change) {
					told.Add(1)
					m.Health()
					m.Gaps()
					_ = m.WaitConnected(ctx)
					if c.To == at {
						leave()
					}
				},
			})
			require.NoError(t, err)
			if at == client.Waiting {
				r.net.Refuse(address, true)
				time.AfterFunc(time.Minute, leave) // the callback waits to be connected
			}
			requireCanceled(t, m.Run(ctx))
			assert.Equal(t, client.Closed, m.Health().State)
			assert.Positive(t, told.Load())
			web.CloseIdleConnections()
		})
	}
}

// A handler that is slower than every time-out costs events, and says so; it does not
// cost the connection, on which pings are answered.
func TestASlowHandlerDoesNotCostTheConnection(t *testing.T) {
	t.Parallel()
	for by, path := range map[fallback.Transport]string{
		fallback.WebSocket: refserver.SocketPath, fallback.SSE: refserver.SSEPath,
	} {
		inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
			var mux handlers.Mux
			mux.OnAny(func(ctx context.Context, _ events.Envelope) error {
				slow := time.NewTimer(90 * time.Second)
				defer slow.Stop()
				select {
				case <-slow.C:
				case <-ctx.Done():
				}
				return nil
			})
			m, _ := r.run(&mux, client.Options{Fallback: only(by), DrainTimeout: time.Millisecond})
			r.connected(m)
			pass(5 * time.Minute)
			assert.Equal(t, 1, r.node.Requests(path), by)
			assert.Equal(t, client.Connected, m.Health().State)
			assert.Positive(t, m.Metrics().Snapshot().Handled)
			synctest.Wait()
		})
	}
}
