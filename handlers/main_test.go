package handlers_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tips is an event that the tests dispatch, gossip one that the SDK does not know.
var (
	tips   = events.Envelope{Type: events.TypeTipsUpdated, Data: []byte(`{"tips":["a","b"],"count":2}`)}
	gossip = events.Envelope{Type: "Gossip", Data: []byte(`{"about":"node 7"}`)}
)

// diary collects what handlers were called, in order.
type diary []string

// note returns a handler for every event that writes its name down.
func (d *diary) note(name string) handlers.Func {
	return func(context.Context, events.Envelope) error {
		*d = append(*d, name)
		return nil
	}
}

// on registers a handler for E that writes its name down.
func on[E events.Event](m *handlers.Mux, d *diary, name string, opts ...handlers.Option) (remove func()) {
	return handlers.On(m, func(context.Context, E) error {
		*d = append(*d, name)
		return nil
	}, opts...)
}

// dispatch sends env and expects no error.
func dispatch(t *testing.T, m *handlers.Mux, env events.Envelope) {
	t.Helper()
	require.NoError(t, m.Dispatch(context.Background(), env))
}
