package client_test

import (
	"context"
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

var every = []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling}

func TestBeatsThatNobodyAskedForAreNotHandedOn(t *testing.T) {
	t.Parallel()
	for _, only := range every {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{
				Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
				Subscription: subscription.To(events.TypeMessageAdded),
			})
			r.connected(m)
			id := r.node.AddMessage(refserver.AddOptions{})
			pass(30 * time.Second)
			assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded), "%v", only)
			assert.Len(t, r.all(), 1, "%v", only)
		})
	}
}

func TestPrioritiesAreFilteredLocally(t *testing.T) {
	t.Parallel()
	for _, only := range every {
		inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{
				Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
				Subscription: subscription.Subscription{Priorities: []events.Priority{events.High}},
			})
			r.connected(m)
			pass(time.Minute)
			require.NotEmpty(t, r.all())
			for _, env := range r.all() {
				assert.Equal(t, events.High, env.Type.Priority(), "%v %s", only, env.Type)
			}
			for _, q := range r.node.Log() {
				assert.NotContains(t, q.Query, "priority", "it would hide the beats")
			}
		})
	}
}

func TestSeveralConsumersShareOneConnection(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var first, second handlers.Mux
		var added, finalized int
		handlers.On(&first, func(context.Context, events.MessageAdded) error { added++; return nil })
		handlers.On(&second, func(context.Context, events.MessageFinalized) error { finalized++; return nil })
		m, stop := r.run(&first, client.Options{Subscription: subscription.To(events.TypeMessageAdded)})
		_, err := m.Subscribe(subscription.To(events.TypeMessageFinalized), &second)
		require.NoError(t, err)
		r.connected(m)
		pass(time.Second)
		id := r.node.AddMessage(refserver.AddOptions{})
		r.node.Finalize(id, false)
		pass(time.Second)
		assert.Equal(t, 1, r.node.Streams(refserver.Streams))
		requireCanceled(t, stop())
		assert.Equal(t, 1, added)
		assert.Equal(t, 1, finalized)
	})
}

// A consumer that comes later gets its events on every transport, and its leaving
// takes nothing from the others.
func TestSubscribeWhileRunning(t *testing.T) {
	t.Parallel()
	for _, only := range every {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				var mux, late handlers.Mux
				var added, finalized int
				handlers.On(&mux, func(context.Context, events.MessageAdded) error { added++; return nil })
				handlers.On(&late, func(context.Context, events.MessageFinalized) error { finalized++; return nil })
				m, stop := r.run(&mux, client.Options{
					Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
					Subscription: subscription.To(events.TypeMessageAdded),
				})
				r.connected(m)
				cancel, err := m.Subscribe(subscription.To(events.TypeMessageFinalized), &late)
				require.NoError(t, err)
				pass(10 * time.Second)
				id := r.node.AddMessage(refserver.AddOptions{})
				pass(10 * time.Second)
				r.node.Finalize(id, false)
				pass(30 * time.Second)
				cancel()
				cancel()
				next := r.node.AddMessage(refserver.AddOptions{})
				pass(10 * time.Second)
				r.node.Finalize(next, false)
				pass(30 * time.Second)
				assert.Equal(t, client.Connected, m.Health().State)
				requireCanceled(t, stop())
				assert.Equal(t, 2, added)
				assert.Equal(t, 1, finalized, "only while it was subscribed")
			})
		})
	}
}

// Whoever has been cancelled gets nothing any more, not even the event whose
// handlers are running.
func TestCancelFromTheHandlerBefore(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var first, second handlers.Mux
		var cancel func()
		subscribed := make(chan struct{})
		first.OnAny(func(context.Context, events.Envelope) error { <-subscribed; cancel(); return nil })
		second.OnAny(r.event)
		m, _ := r.run(&first, client.Options{})
		var err error
		cancel, err = m.Subscribe(subscription.All(), &second)
		require.NoError(t, err)
		close(subscribed)
		r.connected(m)
		r.node.AddMessage(refserver.AddOptions{})
		pass(10 * time.Second)
		assert.Empty(t, r.all())
	})
}

func TestSubscribeAfterRun(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{})
		r.connected(m)
		requireCanceled(t, stop())
		_, err := m.Subscribe(subscription.All(), &handlers.Mux{})
		require.ErrorIs(t, err, client.ErrClosed)
	})
}

func TestSubscribeToEverythingWhileRunning(t *testing.T) {
	t.Parallel()
	for _, only := range every {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
				var mux, late handlers.Mux
				late.OnAny(r.event)
				m, _ := r.run(&mux, client.Options{
					Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
					Subscription: subscription.To(events.TypeMessageAdded),
				})
				r.connected(m)
				_, err := m.Subscribe(subscription.All(), &late)
				require.NoError(t, err)
				pass(time.Minute)
				assert.NotEmpty(t, r.seen(events.TypeDiversityUpdated))
				assert.Equal(t, client.Connected, m.Health().State)
			})
		})
	}
}

func TestSubscribeNamesItsMistakes(t *testing.T) {
	t.Parallel()
	m, err := client.New("http://node", nil, nil)
	require.NoError(t, err)
	_, err = m.Subscribe(subscription.To("TipUpdated"), nil)
	var config *client.ConfigError
	require.ErrorAs(t, err, &config)
	assert.Len(t, config.Mistakes, 2)
	assert.Contains(t, err.Error(), "TipsUpdated", "it suggests the near miss")
	assert.Contains(t, err.Error(), "mux is nil")

	var broken handlers.Mux
	broken.OnAny(nil)
	_, err = m.Subscribe(subscription.All(), &broken)
	require.ErrorAs(t, err, &config)
}

func TestEventsAsALoop(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var none handlers.Mux
		m, stop := r.run(&none, client.Options{Subscription: subscription.To(events.TypeMessageAdded)})
		var got []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			for env := range m.Events(t.Context()) {
				e, err := events.Decode[events.MessageAdded](env)
				assert.NoError(t, err)
				got = append(got, e.MessageID)
				if len(got) == 3 {
					return
				}
			}
		}()
		r.connected(m)
		var want []string
		for range 5 {
			want = append(want, r.node.AddMessage(refserver.AddOptions{}))
		}
		<-done
		assert.Equal(t, want[:3], got)
		requireCanceled(t, stop())
	})
}

func TestALoopThatBeginsLateNeedsNoOtherHandler(t *testing.T) {
	t.Parallel()
	for _, only := range every {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			m, _ := r.run(nil, client.Options{
				Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
				Subscription: subscription.To(events.TypeMessageAdded),
			})
			r.connected(m)
			var got events.Envelope
			done := make(chan struct{})
			go func() {
				defer close(done)
				for got = range m.Events(t.Context()) {
					return
				}
			}()
			synctest.Wait()
			r.node.AddMessage(refserver.AddOptions{})
			<-done
			assert.Equal(t, events.TypeMessageAdded, got.Type, "%v", only)
			assert.NotContains(t, r.states()[2:], "connecting "+only.String(), "on the same connection")
		})
	}
}

func TestALoopEndsWithRunOrItsContext(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 10}, func(t *testing.T, r *rig) {
		var none handlers.Mux
		m, stop := r.run(&none, client.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		first, second := make(chan int), make(chan int)
		count := func(ctx context.Context, out chan int) {
			n := 0
			for range m.Events(ctx) {
				n++
			}
			out <- n
		}
		go count(ctx, first)
		go count(t.Context(), second)
		r.connected(m)
		pass(10 * time.Second)
		cancel()
		assert.NotZero(t, <-first)
		requireCanceled(t, stop())
		assert.NotZero(t, <-second)
		for range m.Events(t.Context()) {
			t.Error("Run has ended")
		}
	})
}

func TestALoopThatIsSlowIsAHandlerThatIsSlow(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var none handlers.Mux
		m, _ := r.run(&none, client.Options{
			Subscription: subscription.To(events.TypeMessageAdded),
			Lanes:        [3]client.Lane{{Events: 10}},
		})
		release := make(chan struct{})
		var dropped int
		done := make(chan struct{})
		go func() {
			defer close(done)
			for env := range m.Events(t.Context()) {
				<-release
				if env.Type == events.TypeGap {
					gap, err := events.Decode[events.Gap](env)
					assert.NoError(t, err)
					if dropped = gap.Dropped; dropped > 0 {
						return
					}
				}
			}
		}()
		r.connected(m)
		for range 50 {
			r.node.AddMessage(refserver.AddOptions{})
			synctest.Wait()
		}
		close(release)
		<-done
		assert.Equal(t, 39, dropped, "50, less one in the loop and ten in the lane")
	})
}
