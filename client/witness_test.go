package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// Promise (usable, good): where no beats are asked for, signs of life for Stable
// prove a stream; so with Witness off a better transport is climbed to.
func TestClimbsWithWitnessOff(t *testing.T) {
	t.Parallel()
	for _, below := range []fallback.Transport{fallback.Polling, fallback.SSE} {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
			m, _ := r.follow(client.Options{
				Witness: client.WitnessOff, Subscription: subscription.To(events.TypeMessageAdded),
				Fallback: fallback.Policy{Order: []fallback.Transport{fallback.WebSocket, below}},
			})
			r.connected(m)
			r.node.Heal(refserver.WebSocket)
			pass(10 * time.Minute)
			assert.Equal(t, fallback.WebSocket, m.Health().Transport)
		})
	}
}

// Polling: a completed poll is good; stale ends with what cannot be stale.
func TestStaleEndsWhenBeatsCannotBeSeen(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{fallback.WebSocket, fallback.Polling}, Promote: -1}})
		r.connected(m)
		pass(30 * time.Second)
		r.node.Dead(true)
		pass(30 * time.Second)
		require.False(t, m.Health().OK())
		r.node.Dead(false) // lives again, but only REST can be reached
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		r.node.Drop(refserver.Streams)
		pass(10 * time.Minute)
		require.Equal(t, fallback.Polling, m.Health().Transport)
		h := m.Health()
		assert.True(t, h.OK(), "stale since %v", h.StaleSince)
		ctx, end := context.WithTimeout(t.Context(), 10*time.Minute)
		defer end()
		assert.NoError(t, m.WaitInSync(ctx))
	})
}

// Stream, nothing new: at most 7 requests a minute.
func TestIdleRequests(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{Fallback: only(by), Subscription: subscription.To(events.TypeMessageAdded, events.TypeMessageFinalized)})
			r.connected(m)
			pass(2 * time.Minute)
			before := len(r.node.Log())
			pass(10 * time.Minute)
			n := len(r.node.Log()) - before
			paths := map[string]int{}
			for _, q := range r.node.Log()[before:] {
				paths[q.Path]++
			}
			assert.LessOrEqual(t, n, 70, "%v", paths)
		})
	}
}
