package client_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
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

// A logger may call the manager back: nothing is locked while it runs.
func TestALoggerMayCallBack(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var manager atomic.Pointer[client.ConnectionManager]
		back := &callback{fn: func() {
			m := manager.Load()
			if m == nil {
				return // it is not said yet whose line it is
			}
			var mux handlers.Mux
			cancel, err := m.Subscribe(subscription.To(events.TypeTipsUpdated), &mux)
			assert.NoError(t, err)
			cancel()
			_ = m.Health()
		}}
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket), Logger: slog.New(back)})
		manager.Store(m)
		r.connected(m)
		r.node.Drop(refserver.Streams)
		pass(10 * time.Second)
		require.Equal(t, client.Connected, m.Health().State)
		assert.GreaterOrEqual(t, back.calls.Load(), int64(3), "connected, lost, connected again")
	})
}

// A callback is a slog.Handler that calls a function for each line.
type callback struct {
	fn    func()
	calls atomic.Int64
}

func (*callback) Enabled(context.Context, slog.Level) bool { return true }

func (c *callback) Handle(context.Context, slog.Record) error {
	c.calls.Add(1)
	c.fn()
	return nil
}

func (c *callback) WithAttrs([]slog.Attr) slog.Handler { return c }
func (c *callback) WithGroup(string) slog.Handler      { return c }
