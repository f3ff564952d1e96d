package handlers_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// small is a payload whose decoding says little about encoding/json.
var small = events.Envelope{Type: events.TypeNodeStarted, Data: []byte(`{}`)}

// busyMux has handlers for some types, but neither for tips nor for everything.
func busyMux() *handlers.Mux {
	var m handlers.Mux
	handlers.On(&m, func(context.Context, events.MessageAdded) error { return nil })
	handlers.On(&m, func(context.Context, events.MessageFinalized) error { return nil })
	return &m
}

func TestDispatchAllocatesNothingOfItsOwn(t *testing.T) {
	ctx := context.Background()
	anyone := busyMux()
	anyone.OnAny(func(context.Context, events.Envelope) error { return nil })
	anyone.OnAny(func(context.Context, events.Envelope) error { return nil })
	for name, m := range map[string]*handlers.Mux{
		"nil": nil, "zero": {}, "nobody handles it": busyMux(), "handled raw": anyone,
	} {
		t.Run(name, func(t *testing.T) {
			for _, env := range []events.Envelope{tips, gossip} {
				assert.Zero(t, testing.AllocsPerRun(100, func() { _ = m.Dispatch(ctx, env) }), "%s", env.Type)
			}
		})
	}
}

func BenchmarkDispatch(b *testing.B) {
	ctx := context.Background()
	nothing := func(context.Context, events.NodeStarted) error { return nil }
	anyone, one, three := busyMux(), busyMux(), busyMux()
	anyone.OnAny(func(context.Context, events.Envelope) error { return nil })
	handlers.On(one, nothing)
	for range 3 {
		handlers.On(three, nothing)
	}
	for _, c := range []struct {
		name string
		mux  *handlers.Mux
	}{
		{"unhandled", busyMux()}, {"any", anyone}, {"decoded", one}, {"decoded-for-three", three},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = c.mux.Dispatch(ctx, small)
			}
		})
	}
	b.Run("decode-alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = events.Decode[events.NodeStarted](small)
		}
	})
}

func BenchmarkDispatchParallel(b *testing.B) {
	m := busyMux()
	m.OnAny(func(context.Context, events.Envelope) error { return nil })
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_ = m.Dispatch(context.Background(), small)
		}
	})
}
