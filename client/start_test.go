package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A message is posted just after the connect, by a proposer whose clock is slow, and
// the first read sees it before its announcement is read: it is delivered.
func TestWhatTheStartReadSawIsNotHistory(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(by.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				old := r.node.AddMessage(refserver.AddOptions{})
				pass(10 * time.Second)
				r.node.Refuse(refserver.REST, refserver.Answer{Status: 503})
				m, _ := r.follow(client.Options{Fallback: only(by)})
				r.connected(m)
				pass(time.Second)
				r.node.Freeze(refserver.Streams)
				id := r.node.AddMessage(refserver.AddOptions{At: time.Now().Add(-5 * time.Second)})
				r.node.Heal(refserver.REST)
				pass(5 * time.Second)
				require.Equal(t, 2, m.Health().NotFinal, "the start has read it")
				require.Empty(t, r.seen(events.TypeMessageAdded))
				r.node.Heal(refserver.Streams)
				pass(time.Minute)
				assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded), "and not %.8s", old)
			})
		})
	}
}

// The host's clock is five minutes fast, or slow: what is new is so by the server's.
func TestTheHorizonIsNotByTheHostsClock(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-5 * time.Minute, 5 * time.Minute} {
		t.Run(skew.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{Skew: skew}, func(t *testing.T, r *rig) {
				r.node.AddMessage(refserver.AddOptions{})
				pass(10 * time.Second)
				m, _ := r.follow(client.Options{})
				r.connected(m)
				pass(10 * time.Second)
				var ids []string
				for range 5 {
					ids = append(ids, r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true}))
					pass(70 * time.Second)
					assert.ElementsMatch(t, ids, r.ids(t, events.TypeMessageAdded))
				}
				assert.Zero(t, m.Health().Late)
				assert.Empty(t, r.gapList())
			})
		})
	}
}
