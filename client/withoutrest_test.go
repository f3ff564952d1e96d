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

// A MessageFinalized that was received reaches the handlers. A server
// without REST can never show its message, so it must not wait for that for ever.
func TestFinalOfAnOldMessageWithoutREST(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		id := r.node.AddMessage(refserver.AddOptions{})
		r.node.Refuse(refserver.REST, refserver.Answer{Status: 404})
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		pass(5 * time.Second)
		require.True(t, r.node.Finalize(id, false))
		pass(30 * time.Minute)
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageFinalized))
		assert.Zero(t, m.Health().Owed)
	})
}

// A server without REST, quiet: it is not a dead node.
func TestQuietServerWithoutREST(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
			r.node.Refuse(refserver.REST, refserver.Answer{Status: 404})
			m, _ := r.follow(client.Options{Fallback: only(by), MaxEventAge: -1})
			r.connected(m)
			pass(5 * time.Minute)
			assert.Zero(t, m.Health().StaleSince, by.String())
			assert.True(t, m.Health().OK(), by.String())
		})
	}
}

// A gap settles; also that of a server which has no REST.
func TestGapsSettleWithoutREST(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.REST, refserver.Answer{Status: 404})
		m, _ := r.follow(client.Options{Fallback: only(fallback.SSE)})
		r.connected(m)
		pass(time.Minute)
		r.node.Drop(refserver.Streams)
		pass(30 * time.Minute)
		assert.NotEmpty(t, r.settled(), "%v", m.Gaps())
	})
}
