package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
)

// twoHeartbeats is how long a link may be silent before that has to be noticed.
const twoHeartbeats = 31 * time.Second

func TestFault03ServerIsFrozenFor5s(t *testing.T) {
	s := sheet{number: 3, name: "server is frozen for 5 s", seeds: 10, worst: time.Second}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultFreeze)
		c.node.Freeze(refserver.All)
		c.busy(5 * time.Second)
		c.node.Heal(refserver.All)
		over()
		c.awaits()
		c.busy(30 * time.Second)
		assert.Equal(c.t, uint64(1), c.dials(), "no reconnect")
	})
}

func TestFault03ServerIsFrozenForGood(t *testing.T) {
	s := sheet{number: 3, name: "server is frozen for good", seeds: 10, note: "noticed within 2H + 1 s; the next event is that after a restart"}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultFreeze)
		c.node.Freeze(refserver.All)
		c.noticed(twoHeartbeats)
		c.busy(c.upTo(time.Minute))
		c.net.Reset(address) // it is killed at last
		c.node.Heal(refserver.All)
		over()
		c.awaits()
		c.busy(30 * time.Second)
	})
}

// Nothing passes for three seconds, and what was sent meanwhile comes afterwards.
func TestFault07SilentDropOf3s(t *testing.T) {
	s := sheet{number: 7, name: "silent drop for 3 s, heals", seeds: 10, worst: 4 * time.Second}
	s.play(t, func(c *course) {
		c.cableOut(3 * time.Second)
		c.busy(20 * time.Second)
		assert.Equal(c.t, uint64(1), c.dials(), "no reconnect")
	})
}

func TestFault13CableIsOutFor3s(t *testing.T) {
	s := sheet{number: 13, name: "cable is out for 3 s", seeds: 10, worst: 2 * time.Second}
	s.play(t, func(c *course) {
		c.cableOut(3 * time.Second)
		c.busy(20 * time.Second)
		assert.Equal(c.t, uint64(1), c.dials(), "no reconnect")
	})
}

// After a minute the client has given up the connection, and comes back when its next
// wait is over.
func TestFault13CableIsOutForAMinute(t *testing.T) {
	s := sheet{number: 13, name: "cable is out for 60 s", seeds: 10}
	s.play(t, func(c *course) {
		c.cableOut(time.Minute)
		healed, wait := time.Now(), time.Duration(0)
		if h := c.m.Health(); h.State == client.Waiting {
			wait = h.RetryAt.Sub(healed)
		}
		c.busy(wait + 20*time.Second)
		next, ok := nextEvent(c.all(), healed)
		assert.True(c.t, ok)
		assert.LessOrEqual(c.t, next, wait+2*time.Second)
	})
}

func (c *course) cableOut(d time.Duration) {
	c.busy(10*time.Second + c.upTo(6*time.Second))
	over := c.begins(faultFreeze)
	c.net.Freeze(address, true)
	c.busy(d)
	c.net.Freeze(address, false)
	over()
	c.awaits()
}
