package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/subscription/events"
)

// The server's process is killed and is back after a second.
func TestFault01ServerIsKilled(t *testing.T) {
	s := sheet{number: 1, name: "server is killed, back after 1 s", seeds: 100, median: time.Second, worst: 4 * time.Second}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultOutage)
		c.dies()
		c.busy(time.Second)
		c.lives()
		over()
		c.awaits()
		c.rate = 50 // what comes next is soon
		c.busy(4 * time.Second)
		c.rate = 5
		c.busy(10 * time.Second)
		assert.Contains(c.t, c.causes(), events.GapByDisconnect)
	})
}
