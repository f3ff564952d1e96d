package handlers_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// energy is an event as a node sends it, whose struct needs no allocation.
var energy = events.Envelope{
	Type: events.TypeEnergyUpdated,
	Data: []byte(`{"total_conflicts":36,"resolved_conflicts":39,"active_conflicts":37,"total_energy":0.5,"timestamp":1760554625}`),
}

// busyMux has handlers for some types, but neither for tips and energy nor for
// everything.
func busyMux() *handlers.Mux {
	var m handlers.Mux
	handlers.On(&m, func(context.Context, events.MessageAdded) error { return nil })
	handlers.On(&m, func(context.Context, events.MessageFinalized) error { return nil })
	return &m
}

// anyMux has n more that want every event as it is.
func anyMux(n int) *handlers.Mux {
	m := busyMux()
	for range n {
		m.OnAny(func(context.Context, events.Envelope) error { return nil })
	}
	return m
}

// energyMux has n more that want energy decoded.
func energyMux(n int, opts ...handlers.Option) *handlers.Mux {
	m := busyMux()
	for range n {
		handlers.On(m, func(context.Context, events.EnergyUpdated) error { return nil }, opts...)
	}
	return m
}

// names says how many names numbered has had.
var names int

// numbered is another type each time that it is asked, which On does once.
type numbered struct{}

func (numbered) Type() events.Type { names++; return events.Type(fmt.Sprint("Other", names)) }

// crowd is energyMux(1) with handlers of n other types.
func crowd(n int) *handlers.Mux {
	m := energyMux(1)
	for range n {
		handlers.On(m, func(context.Context, numbered) error { return nil })
	}
	return m
}

func TestDispatchAllocatesNothingOfItsOwn(t *testing.T) {
	ctx := context.Background()
	for name, m := range map[string]*handlers.Mux{
		"nil": nil, "zero": {}, "nobody handles it": energyMux(1), "handled raw": anyMux(2),
		"handled concurrently": energyMux(1, handlers.Concurrent(2)),
	} {
		t.Run(name, func(t *testing.T) {
			for _, env := range []events.Envelope{tips, gossip} {
				assert.Zero(t, testing.AllocsPerRun(100, func() { _ = m.Dispatch(ctx, env) }), "%s", env.Type)
				assert.Zero(t, testing.AllocsPerRun(100, func() { _ = m.DispatchOrdered(ctx, env) }), "%s", env.Type)
				assert.Zero(t, testing.AllocsPerRun(100, func() { _ = m.DispatchConcurrent(ctx, env) }), "%s", env.Type)
				assert.Zero(t, testing.AllocsPerRun(100, func() { m.Concurrency(env.Type) }), "%s", env.Type)
			}
		})
	}
}

func TestDispatchAllocatesWhatDecodingDoes(t *testing.T) {
	ctx := context.Background()
	m := crowd(1000)
	handlers.On(m, func(context.Context, events.TipsUpdated) error { return nil }, handlers.Concurrent(2))
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = m.Dispatch(ctx, energy) }))
	alone := testing.AllocsPerRun(100, func() { _, _ = events.Decode[events.TipsUpdated](tips) })
	require.Positive(t, alone)
	assert.InDelta(t, alone, testing.AllocsPerRun(100, func() { _ = m.Dispatch(ctx, tips) }), 0)
	three := energyMux(3)
	assert.Zero(t, testing.AllocsPerRun(1000, func() { _ = three.Dispatch(ctx, energy) }), "nor does sharing it")
}

func BenchmarkDispatch(b *testing.B) {
	ctx := context.Background()
	mixed := energyMux(1)
	mixed.OnAny(func(context.Context, events.Envelope) error { return nil })
	for _, c := range []struct {
		name string
		mux  *handlers.Mux
	}{
		{"unhandled", busyMux()}, {"any", anyMux(1)}, {"typed", energyMux(1)}, {"typed-and-any", mixed},
		{"concurrent", energyMux(1, handlers.Concurrent(4))},
		{"for-two", energyMux(2)}, {"for-three", energyMux(3)}, {"for-ten", energyMux(10)},
		{"others=1", crowd(1)}, {"others=10", crowd(10)}, {"others=100", crowd(100)}, {"others=1000", crowd(1000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = c.mux.Dispatch(ctx, energy)
			}
		})
	}
	b.Run("decode-alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = events.Decode[events.EnergyUpdated](energy)
		}
	})
}

func BenchmarkConcurrency(b *testing.B) {
	for _, c := range []struct {
		name string
		mux  *handlers.Mux
	}{{"none", crowd(1000)}, {"some", energyMux(1, handlers.Concurrent(4))}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.mux.Concurrency(energy.Type)
			}
		})
	}
}

func BenchmarkDispatchParallel(b *testing.B) {
	m := anyMux(1)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_ = m.Dispatch(context.Background(), energy)
		}
	})
}
