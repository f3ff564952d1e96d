package handlers_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

func TestRemoveRemovesOneRegistrationOnce(t *testing.T) {
	var m handlers.Mux
	var d diary
	fn := d.note("same")
	first := m.OnAny(fn)
	second := m.OnAny(fn)
	first()
	first()
	dispatch(t, &m, tips)
	assert.Equal(t, diary{"same"}, d, "the other registration of the same function stays")
	second()
	second()
	dispatch(t, &m, tips)
	assert.Equal(t, diary{"same"}, d)
	assert.False(t, m.Handles(events.TypeTipsUpdated))
}

func TestAHandlerMayRemoveItself(t *testing.T) {
	var m handlers.Mux
	var d diary
	var remove func()
	remove = handlers.On(&m, func(context.Context, events.TipsUpdated) error {
		d = append(d, "once")
		remove()
		return nil
	})
	on[events.TipsUpdated](&m, &d, "always")
	dispatch(t, &m, tips)
	dispatch(t, &m, tips)
	assert.Equal(t, diary{"once", "always", "always"}, d)
}

// Removed means removed: also for the event that is being dispatched.
func TestAHandlerThatAnotherHasRemovedIsNotCalled(t *testing.T) {
	var m handlers.Mux
	var d diary
	var remove func()
	m.OnAny(func(context.Context, events.Envelope) error { remove(); return nil })
	remove = on[events.TipsUpdated](&m, &d, "too late")
	dispatch(t, &m, tips)
	assert.Empty(t, d)
}

// Added means from the next event on.
func TestAHandlerThatAnotherHasAddedIsNotCalledForTheSameEvent(t *testing.T) {
	var m handlers.Mux
	var d diary
	var once sync.Once
	m.OnAny(func(context.Context, events.Envelope) error {
		once.Do(func() { on[events.TipsUpdated](&m, &d, "new") })
		return nil
	})
	dispatch(t, &m, tips)
	assert.Empty(t, d)
	dispatch(t, &m, tips)
	assert.Equal(t, diary{"new"}, d)
}

func TestAHandlerMayDispatch(t *testing.T) {
	var m handlers.Mux
	var d diary
	handlers.On(&m, func(ctx context.Context, _ events.TipsUpdated) error {
		d = append(d, "outer")
		return m.Dispatch(ctx, gossip)
	})
	handlers.On(&m, func(context.Context, keyed) error { d = append(d, "inner"); return nil })
	dispatch(t, &m, tips)
	assert.Equal(t, diary{"outer", "inner"}, d)
}

// Many goroutines register, remove, ask and dispatch. Nothing is lost, and no handler
// is called by a dispatch that began after its removal had returned.
func TestConcurrency(t *testing.T) {
	const goroutines, rounds = 8, 200
	var m handlers.Mux
	var stayed, called atomic.Int64
	var group sync.WaitGroup
	type owner struct{}
	for id := range goroutines {
		ctx := context.WithValue(context.Background(), owner{}, id)
		group.Go(func() {
			for i := range rounds {
				var gone atomic.Bool
				remove := handlers.On(&m, func(context.Context, events.TipsUpdated) error {
					called.Add(1)
					return nil
				})
				own := m.OnAny(func(ctx context.Context, _ events.Envelope) error {
					assert.False(t, ctx.Value(owner{}) == id && gone.Load(), "called after it had been removed")
					return nil
				})
				assert.NoError(t, m.Dispatch(ctx, gossip))
				assert.True(t, m.Handles(events.TypeTipsUpdated))
				own()
				gone.Store(true)
				assert.NoError(t, m.Dispatch(ctx, gossip))
				if i%50 == 0 {
					stayed.Add(1)
				} else {
					remove()
				}
				m.Types()
				m.OnGap(nil)
				assert.Error(t, m.Err())
			}
		})
	}
	group.Wait()

	called.Store(0)
	require.NoError(t, m.Dispatch(context.Background(), tips))
	assert.Equal(t, stayed.Load(), called.Load())
	assert.Equal(t, int64(goroutines*rounds/50), stayed.Load())
	assert.False(t, m.Handles("Gossip"))
}
