package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// The wall clock is set by an hour. Nothing times out, there is no gap, ages stay right.
func TestFault37WallClockJumps(t *testing.T) {
	s := sheet{number: 37, name: "wall clock jumps by an hour", seeds: 2, note: "ahead; back; probed, 0 reconnects"}
	s.play(t, func(c *course) {
		c.busy(30*time.Second + c.upTo(6*time.Second))
		jump := time.Hour
		if c.scenario.seed == 2 {
			jump = -time.Hour
		}
		jumps(c.m, jump)
		c.awaits()
		for range 60 {
			c.busy(time.Second)
			h := c.m.Health()
			assert.True(c.t, h.OK())
			assert.Less(c.t, h.EventAge(time.Now()), 4*time.Second)
		}
		assert.Equal(c.t, uint64(1), c.attempts())
		assert.Empty(c.t, c.causes())
	})
}

// The host sleeps, and the other side has forgotten the connection. Its monotonic clock
// has stood still, so by that nothing is late; the wall clock tells, and a ping at once.
func TestFault39LaptopSleeps(t *testing.T) {
	s := sheet{
		number: 39, name: "laptop sleeps, the connection is gone", transports: lower, seeds: 4, worst: 15 * time.Second,
		note: "probed on waking; one gap",
	}
	s.play(t, func(c *course) {
		c.busy(40*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultFreeze)
		c.net.Strand(address)
		jumps(c.m, 8*time.Hour)
		c.awaits()
		c.busy(15 * time.Second)
		over()
		assert.Equal(c.t, client.Connected, c.m.Health().State)
		c.busy(30 * time.Second)
		assert.Equal(c.t, []events.GapCause{events.GapByDisconnect}, c.causes())
	})
}

// The host sleeps, and the connection has survived. What was missed meanwhile is read on
// waking; there is no gap where there is no hole.
func TestFault39LaptopSleepsWithItsConnection(t *testing.T) {
	s := sheet{
		number: 39, name: "laptop sleeps, the connection is still there", dialects: []refserver.Dialect{refserver.Node},
		options: func(o *client.Options) { o.Witness = client.WitnessOff },
		note:    "facts read on waking; no gap",
	}
	s.play(t, func(c *course) {
		pass(61 * time.Second)
		id := c.add(refserver.AddOptions{Peer: true, Silent: true})
		pass(time.Second)
		assert.NotContains(c.t, c.ids(c.t, events.TypeMessageAdded), id)
		jumps(c.m, 8*time.Hour)
		pass(10 * time.Second)
		assert.Contains(c.t, c.ids(c.t, events.TypeMessageAdded), id)
		assert.Empty(c.t, c.causes())
		assert.Equal(c.t, uint64(1), c.attempts())
	})
}
