package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A message is known, and waits behind thousands of others that were found by REST.
// Its finalization is announced: it does not overtake it.
func TestFinalityDoesNotPassWhenItsMessageIsKnown(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		const behind = 3000
		var mux handlers.Mux
		handlers.On(&mux, func(context.Context, events.MessageAdded) error {
			time.Sleep(100 * time.Millisecond) // fake time
			return nil
		})
		mux.OnAny(r.event)
		m, _ := r.run(&mux, client.Options{})
		r.connected(m)
		pass(10 * time.Second)
		r.node.AddMessage(refserver.AddOptions{})
		pass(time.Minute)
		r.net.Refuse(address, true)
		r.net.Reset(address)
		var ids []string
		for range behind {
			ids = append(ids, r.node.AddMessage(refserver.AddOptions{}))
			time.Sleep(time.Millisecond) // fake time
		}
		r.net.Refuse(address, false)
		pass(2 * time.Minute)
		r.connected(m)
		require.Greater(t, m.Health().Owed, 500, "of those that have been read")
		require.Less(t, len(r.seen(events.TypeMessageAdded)), behind)
		last := ids[len(ids)-1]
		require.NotContains(t, r.ids(t, events.TypeMessageAdded), last)
		r.node.Finalize(last, false)
		pass(10 * time.Minute)
		r.once(t, events.TypeMessageAdded, r.added())
		assert.Equal(t, []string{last}, r.ids(t, events.TypeMessageFinalized))
		r.orderly(t)
	})
}
