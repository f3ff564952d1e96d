package client_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A concurrent handler may return from a message while it is looked whether its
// finalization has to wait for that: it does not wait for the next pass then.
func TestAFinalizationFollowsItsMessageAtOnce(t *testing.T) {
	t.Parallel()
	const rounds, messages = 50, 200
	for range rounds {
		inBubble(t, node, func(t *testing.T, r *rig) {
			var mux handlers.Mux
			var added, final atomic.Int32
			handlers.On(&mux, func(context.Context, events.MessageAdded) error {
				runtime.Gosched() // so that it returns as the finalization's turn comes
				added.Add(1)
				return nil
			}, handlers.Concurrent(4))
			handlers.On(&mux, func(context.Context, events.MessageFinalized) error { final.Add(1); return nil })
			m, _ := r.run(&mux, concurrently(events.TypeMessageAdded, events.TypeMessageFinalized))
			r.connected(m)
			pass(20 * time.Second)
			for range messages {
				require.True(t, r.node.Finalize(r.node.AddMessage(refserver.AddOptions{}), false))
			}
			synctest.Wait()
			assert.Equal(t, int32(messages), added.Load())
			assert.Equal(t, int32(messages), final.Load())
			assert.Zero(t, m.Health().Owed)
		})
	}
}
