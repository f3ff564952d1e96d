package handlers_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// nameless forgets its type; broken cannot say it; keyed is a legal map.
type (
	nameless struct{}
	broken   struct{ inner *nameless }
	keyed    map[string]string
)

func (nameless) Type() events.Type { return "" }
func (b broken) Type() events.Type { _ = *b.inner; return "Broken" }
func (keyed) Type() events.Type    { return "Gossip" }

func TestMistakesAreRecordedNotThrown(t *testing.T) {
	for name, c := range map[string]struct {
		register func(m *handlers.Mux) (remove func())
		want     string
	}{
		"pointer": {
			func(m *handlers.Mux) func() {
				return handlers.On(m, func(context.Context, *events.TipsUpdated) error { return nil })
			},
			"handlers: On[*events.TipsUpdated]: E is a pointer: want events.TipsUpdated",
		},
		"interface": {
			func(m *handlers.Mux) func() {
				return handlers.On(m, func(context.Context, events.Event) error { return nil })
			},
			"handlers: On[events.Event]: E is an interface: want a struct, or OnAny for every event",
		},
		"no name": {
			func(m *handlers.Mux) func() {
				return handlers.On(m, func(context.Context, nameless) error { return nil })
			},
			"handlers: On[handlers_test.nameless]: Type of the zero value is empty: want the name of an event",
		},
		"panics": {
			func(m *handlers.Mux) func() {
				return handlers.On(m, func(context.Context, broken) error { return nil })
			},
			"handlers: On[handlers_test.broken]: Type of the zero value panics: runtime error: invalid memory address or nil pointer dereference",
		},
		"nil function": {
			func(m *handlers.Mux) func() { return handlers.On[events.TipsUpdated](m, nil) },
			"handlers: On[events.TipsUpdated]: fn is nil: want a function",
		},
		"nil function for any": {
			func(m *handlers.Mux) func() { return m.OnAny(nil) },
			"handlers: OnAny: fn is nil: want a function",
		},
		"nil function for gaps": {
			func(m *handlers.Mux) func() { return m.OnGap(nil) },
			"handlers: On[events.Gap]: fn is nil: want a function",
		},
		"nobody at a time": {
			func(m *handlers.Mux) func() {
				return on[events.TipsUpdated](m, nil, "", handlers.Concurrent(2), handlers.Concurrent(0))
			},
			"handlers: On[events.TipsUpdated]: Concurrent(0): want 1 or more",
		},
		"fewer than nobody": {
			func(m *handlers.Mux) func() {
				return on[events.TipsUpdated](m, nil, "", handlers.Concurrent(-3), handlers.Concurrent(2))
			},
			"handlers: On[events.TipsUpdated]: Concurrent(-3): want 1 or more",
		},
		"gaps at a time": {
			func(m *handlers.Mux) func() { return on[events.Gap](m, nil, "", handlers.Concurrent(2)) },
			"handlers: On[events.Gap]: Concurrent: a gap is told between the events it lies between: want no Concurrent",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var m handlers.Mux
			require.NoError(t, m.Err())
			remove := c.register(&m)
			require.EqualError(t, m.Err(), c.want)
			for _, env := range []events.Envelope{tips, gossip, {}, {Type: events.TypeGap}} {
				require.NoError(t, m.Dispatch(context.Background(), env))
				assert.False(t, m.Handles(env.Type))
			}
			assert.Empty(t, m.Types())
			remove()
			require.EqualError(t, m.Err(), c.want, "a mistake stays one")
		})
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	var m handlers.Mux
	var d diary
	m.OnAny(nil)
	on[events.TipsUpdated](&m, &d, "tips")
	handlers.On[events.MessageAdded](&m, nil)
	require.EqualError(t, m.Err(),
		"handlers: OnAny: fn is nil: want a function\nhandlers: On[events.MessageAdded]: fn is nil: want a function")
	dispatch(t, &m, tips)
	assert.Equal(t, diary{"tips"}, d, "what is right works")
}

func TestAnEventTypeOfTheCallersOwn(t *testing.T) {
	var m handlers.Mux
	var got keyed
	handlers.On(&m, func(_ context.Context, e keyed) error { got = e; return nil })
	require.NoError(t, m.Err())
	dispatch(t, &m, gossip)
	assert.Equal(t, keyed{"about": "node 7"}, got)
	assert.Equal(t, []events.Type{"Gossip"}, m.Types())
}
