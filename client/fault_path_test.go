package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A proxy has lost the server and does not say so: its keep-alives are answered, and
// nothing else is.
func TestFault06HalfOpen(t *testing.T) {
	s := sheet{number: 6, name: "half-open through a proxy", seeds: 10, worst: twoHeartbeats + time.Second}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultFreeze)
		c.net.Strand(address)
		c.awaits()
		c.noticed(twoHeartbeats)
		over()
		c.busy(30 * time.Second)
	})
}

func TestFault09OneWayDropTowardsTheClient(t *testing.T) {
	s := sheet{number: 9, name: "one-way drop, towards the client", seeds: 5}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultFreeze)
		c.net.FreezeWay(address, memnet.Down, true)
		c.noticed(twoHeartbeats)
		c.busy(c.upTo(time.Minute))
		c.net.FreezeWay(address, memnet.Down, false)
		over()
		c.awaits()
		c.busy(90 * time.Second)
	})
}

// What the client sends is lost, and what it receives is not: there is nothing to give
// up, but nothing can be asked by REST either.
func TestFault09OneWayDropTowardsTheServer(t *testing.T) {
	s := sheet{
		number: 9, name: "one-way drop, towards the server", seeds: 5,
		note: "bytes towards the client go on without acknowledgements, so there is nothing to notice",
	}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultFreeze)
		c.net.FreezeWay(address, memnet.Up, true)
		c.busy(20*time.Second + c.upTo(time.Minute))
		c.net.FreezeWay(address, memnet.Up, false)
		over()
		c.awaits()
		c.busy(90 * time.Second)
	})
}

// The client has another address: its connections are dead, new ones are not.
func TestFault11AddressOfTheClientChanges(t *testing.T) {
	s := sheet{number: 11, name: "client's address changes", seeds: 10, worst: twoHeartbeats + time.Second}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultFreeze)
		c.net.Strand(address)
		c.awaits()
		c.noticed(twoHeartbeats)
		over()
		c.busy(10 * time.Second)
		over = c.begins(faultFreeze) // and back again
		c.net.Strand(address)
		c.awaits()
		c.noticed(twoHeartbeats)
		over()
		c.busy(30 * time.Second)
	})
}

// A NAT that remembers for longer than a heartbeat takes forgets nobody.
func TestFault12NATOutlivesTheHeartbeat(t *testing.T) {
	s := sheet{number: 12, name: "NAT forgets what is idle for 20 s; H = 15 s", seeds: 3, bare: true}
	s.play(t, func(c *course) {
		c.net.ForgetIdle(address, 20*time.Second)
		c.follows()
		c.rate = 0.02
		c.busy(10 * time.Minute)
		assert.Equal(c.t, uint64(1), c.dials(), "none is forgotten")
		assert.Empty(c.t, c.gapList())
	})
}

// One that forgets sooner is noticed whenever nothing has been said for so long.
func TestFault12NATForgetsWhileIdle(t *testing.T) {
	s := sheet{
		number: 12, name: "NAT forgets what is idle for 10 s; H = 15 s", seeds: 5, worst: twoHeartbeats + time.Second,
		dialects: []refserver.Dialect{refserver.Guide}, note: "a node's beats come each 3 s: its connections are never idle",
	}
	s.play(t, func(c *course) {
		c.busy(10 * time.Second)
		over := c.begins(faultFreeze)
		c.net.ForgetIdle(address, 10*time.Second)
		c.rate = 0.001
		changes, last := len(c.changeList()), time.Now()
		c.busyUntil(twoHeartbeats+15*time.Second, "noticed", func() bool { return len(c.changeList()) > changes })
		c.rate = 5
		c.marks = append(c.marks, last.Add(15*time.Second)) // when the next sign of life was due at the latest
		c.net.ForgetIdle(address, 0)
		over()
		c.busy(30 * time.Second)
		assert.Contains(c.t, c.causes(), events.GapByDisconnect)
	})
}
