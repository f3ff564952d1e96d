package handlers_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

func TestConcurrentHandlersAreDispatchedApart(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[events.TipsUpdated](&m, &d, "ordered 1")
	on[events.TipsUpdated](&m, &d, "concurrent 1", handlers.Concurrent(4))
	m.OnAny(d.note("any"))
	on[counted](&m, &d, "concurrent 2", handlers.Concurrent(2))
	on[counted](&m, &d, "ordered 2", handlers.Option{})

	ctx := context.Background()
	for name, c := range map[string]struct {
		dispatch func(context.Context, events.Envelope) error
		tips     diary
		gossip   diary
	}{
		"all":        {m.Dispatch, diary{"ordered 1", "concurrent 1", "any", "concurrent 2", "ordered 2"}, diary{"any"}},
		"ordered":    {m.DispatchOrdered, diary{"ordered 1", "any", "ordered 2"}, diary{"any"}},
		"concurrent": {m.DispatchConcurrent, diary{"concurrent 1", "concurrent 2"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d = nil
			require.NoError(t, c.dispatch(ctx, tips))
			assert.Equal(t, c.tips, d)
			d = nil
			require.NoError(t, c.dispatch(ctx, gossip))
			assert.Equal(t, c.gossip, d)
		})
	}
}

func TestTheLeastConcurrencyCounts(t *testing.T) {
	var m handlers.Mux
	var d diary
	assert.Zero(t, m.Concurrency(events.TypeTipsUpdated), "nobody")
	m.OnAny(d.note("any"))
	on[events.TipsUpdated](&m, &d, "ordered")
	assert.Zero(t, m.Concurrency(events.TypeTipsUpdated), "one at a time")

	four := on[events.TipsUpdated](&m, &d, "4", handlers.Concurrent(4))
	assert.Equal(t, 4, m.Concurrency(events.TypeTipsUpdated))
	two := on[counted](&m, &d, "2", handlers.Concurrent(2))
	eight := on[events.TipsUpdated](&m, &d, "8", handlers.Concurrent(8))
	assert.Equal(t, 2, m.Concurrency(events.TypeTipsUpdated))
	two()
	assert.Equal(t, 4, m.Concurrency(events.TypeTipsUpdated))
	four()
	assert.Equal(t, 8, m.Concurrency(events.TypeTipsUpdated))

	assert.Zero(t, m.Concurrency(events.TypeMessageAdded), "another type")
	assert.Zero(t, m.Concurrency("Gossip"), "a type that only OnAny handles")
	eight()
	assert.Zero(t, m.Concurrency(events.TypeTipsUpdated), "the last is gone")
	assert.True(t, m.Handles(events.TypeTipsUpdated))
}

func TestTheLastConcurrentOfARegistrationCounts(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[events.TipsUpdated](&m, &d, "", handlers.Concurrent(2), handlers.Concurrent(5), handlers.Option{})
	assert.Equal(t, 5, m.Concurrency(events.TypeTipsUpdated))
}

func TestWhatIsConcurrentIsAskedForAndHandled(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[events.TipsUpdated](&m, &d, "", handlers.Concurrent(1))
	assert.Equal(t, []events.Type{events.TypeTipsUpdated}, m.Types())
	assert.True(t, m.Handles(events.TypeTipsUpdated))
	assert.Equal(t, 1, m.Concurrency(events.TypeTipsUpdated))
}

func TestConcurrentHandlersShareWhatIsDecodedAmongThemselves(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[counted](&m, &d, "o")
	on[counted](&m, &d, "c", handlers.Concurrent(1))
	on[counted](&m, &d, "c", handlers.Concurrent(1))
	decodes.Store(0)
	require.NoError(t, m.DispatchConcurrent(context.Background(), tips))
	assert.Equal(t, int64(1), decodes.Load())
	assert.Equal(t, diary{"c", "c"}, d)
}

func TestAConcurrentHandlerIsIsolatedLikeAnyOther(t *testing.T) {
	var m handlers.Mux
	var d diary
	handlers.On(&m, func(context.Context, events.TipsUpdated) error { panic("boom") }, handlers.Concurrent(2))
	remove := on[events.TipsUpdated](&m, &d, "removed", handlers.Concurrent(2))
	on[events.TipsUpdated](&m, &d, "next", handlers.Concurrent(2))
	remove()
	require.EqualError(t, m.DispatchConcurrent(context.Background(), tips), "handlers: panic: boom")
	assert.Equal(t, diary{"next"}, d)
}

func TestANilMuxHasNothingConcurrent(t *testing.T) {
	var m *handlers.Mux
	on[events.TipsUpdated](m, nil, "", handlers.Concurrent(2))
	assert.Zero(t, m.Concurrency(events.TypeTipsUpdated))
	assert.NoError(t, m.DispatchOrdered(context.Background(), tips))
	assert.NoError(t, m.DispatchConcurrent(context.Background(), tips))
}
