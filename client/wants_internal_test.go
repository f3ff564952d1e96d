package client

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

type stubStream struct{ transport.Stream }

func (stubStream) Transport() fallback.Transport { return fallback.WebSocket }
func (stubStream) Widen([]events.Type) bool      { return true }
func (stubStream) Dialect() wire.Dialect         { return wire.Node }
func (stubStream) ServerTime() time.Time         { return time.Time{} }
func (stubStream) Close()                        {}

// All methods may be called concurrently. Of two consumers that are added
// at the same time both get their facts: what the books are told that is wanted is
// what is wanted.
func TestTwoSubscribeAtOnce(t *testing.T) {
	t.Parallel()
	m, err := New("http://node", nil, &Options{Subscription: subscription.To(events.TypePeerConnected)})
	require.NoError(t, err)
	c := newConnection(t.Context(), &trial{stream: stubStream{}, opened: time.Now()}, m.nodes[0])
	m.books.Begin(time.Now())
	m.current.Store(c)
	var mux handlers.Mux
	mux.OnAny(func(context.Context, events.Envelope) error { return nil })
	for i := range 300 {
		var all sync.WaitGroup
		cancels := make([]func(), 2)
		all.Go(func() { cancels[0], _ = m.Subscribe(subscription.To(events.TypeMessageAdded), &mux) })
		all.Go(func() { cancels[1], _ = m.Subscribe(subscription.To(events.TypeEnergyUpdated), &mux) })
		all.Wait()
		id := time.Duration(i).String()
		v := m.books.Found(repair.Fact{ID: id, Timestamp: time.Now().Add(time.Minute)}, time.Now())
		require.Equal(t, repair.HandOn, v, "after %d times the books think that nobody wants a MessageAdded", i)
		m.books.Delivered(repair.Added, id)
		cancels[0]()
		cancels[1]()
	}
}
