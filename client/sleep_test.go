package client_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// jumps has the wall clock of m be off by d from now on.
func jumps(m *client.ConnectionManager, d time.Duration) {
	m.SetWall(func() time.Time { return time.Now().Add(d) })
}

// A clock that is set is no fault: there is no gap, no reconnect, nothing gets older
// than it is, and facts are read again, in case it was sleep.
func TestAClockThatIsSetLeadsToAProbe(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
			t.Run(fmt.Sprint(jump, " ", by), func(t *testing.T) {
				t.Parallel()
				inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
					var log journal
					m, _ := r.follow(client.Options{Fallback: only(by), Logger: log.logger(slog.LevelInfo)})
					r.connected(m)
					pass(time.Minute)
					r.node.AddMessage(refserver.AddOptions{})
					jumps(m, jump)
					pass(6 * time.Second)
					assert.Equal(t, 1, log.with("slept, or its clock was set"), &log)
					assert.True(t, m.Health().OK(), "%+v", m.Health())
					assert.Less(t, m.Health().EventAge(time.Now()), time.Minute)
					pass(10 * time.Minute)
					assert.Equal(t, 1, log.with("slept, or its clock was set"), "once")
					assert.Empty(t, r.gapList())
					assert.Equal(t, uint64(1), m.Metrics().Snapshot().Transports[by].Dials)
				})
			})
		}
	}
}

// What was missed without a hole that shows, here a message that the node does not
// announce, is read on waking, not a minute later.
func TestFactsAreReadOnWaking(t *testing.T) {
	t.Parallel()
	cfg := node
	cfg.Untruths.HidePeers = true
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: only(fallback.SSE), Witness: client.WitnessOff})
		r.connected(m)
		pass(61 * time.Second)
		id := r.node.AddMessage(refserver.AddOptions{Peer: true})
		pass(time.Second)
		require.Empty(t, r.seen(events.TypeMessageAdded))
		jumps(m, time.Hour)
		pass(10 * time.Second)
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded))
		assert.Empty(t, r.gapList())
	})
}

// A connection that did not survive the sleep is noticed at once, where nobody else
// would within the time of two pings; there is one gap.
func TestAConnectionThatDidNotSurviveTheSleep(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		pass(time.Minute)
		r.net.Strand(address)
		jumps(m, time.Hour)
		id := r.node.AddMessage(refserver.AddOptions{})
		pass(15 * time.Second)
		assert.Equal(t, client.Connected, m.Health().State)
		assert.Equal(t, uint64(2), m.Metrics().Snapshot().Transports[fallback.WebSocket].Connects)
		pass(time.Minute)
		assert.Equal(t, []events.GapCause{events.GapByDisconnect}, r.episodes(t))
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded))
	})
}

// Who wakes while waiting has waited.
func TestAWaitEndsOnWaking(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		r.net.Refuse(address, true)
		m, _ := r.follow(client.Options{})
		for pass(10 * time.Minute); time.Until(m.Health().RetryAt) < 15*time.Second; {
			pass(time.Second)
		}
		r.net.Refuse(address, false)
		jumps(m, time.Hour)
		pass(6 * time.Second)
		assert.Equal(t, client.Connected, m.Health().State)
	})
}
