package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// A message names a parent that the node has pruned: the application is in sync
// without it, and it is not asked for again and again.
func TestNotFoundIsNotAskedTooEarly(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		root := r.node.AddMessage(refserver.AddOptions{})
		pass(10 * time.Second)
		m, _ := r.follow(client.Options{Subscription: subscription.To(events.TypeMessageAdded)})
		r.connected(m)
		pass(20 * time.Second)
		gone := r.node.AddMessage(refserver.AddOptions{Silent: true, Parents: []string{root}})
		child := r.node.AddMessage(refserver.AddOptions{Parents: []string{gone, root}})
		require.True(t, r.node.DropMessage(gone))
		for range 5 {
			pass(10 * time.Second)
			r.node.AddMessage(refserver.AddOptions{})
		}
		pass(time.Minute)
		ctx, cancel := contextWithCause(t, time.Second)
		defer cancel()
		require.NoError(t, m.WaitInSync(ctx))
		assert.Contains(t, r.ids(t, events.TypeMessageAdded), child)
		before := len(r.node.Log())
		pass(10 * time.Minute)
		asked := 0
		for _, q := range r.node.Log()[before:] {
			if q.Part == refserver.REST {
				asked++
			}
		}
		assert.LessOrEqual(t, asked, 10*7, "seven a minute")
		assert.NotZero(t, m.Health().InSyncSince)
	})
}
