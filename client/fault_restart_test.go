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

// The server is back with an empty store: what was before is not there any more, and
// nobody may wait for it in silence.
func TestFault02ServerIsRestartedEmpty(t *testing.T) {
	s := sheet{number: 2, name: "server is restarted empty", seeds: 20, worst: 4 * time.Second}
	s.play(t, func(c *course) {
		c.busy(20*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultHistory)
		c.dies()
		c.busy(time.Second)
		for _, id := range c.node.Finals() {
			c.story.messages[id].final = true
		}
		c.node.NewHistory(c.scenario.seed + 1000)
		c.lives()
		over()
		c.awaits()
		c.rate = 20
		c.busy(20 * time.Second)
		assert.Contains(c.t, c.causes(), events.GapByHistory)
		changes := c.changeList()
		for _, g := range c.gapList() {
			if g.Cause == events.GapByHistory && g.Stage == events.GapClosed {
				assert.WithinDuration(c.t, changes[len(changes)-1].At, g.To, 100*time.Millisecond, "within a round trip")
			}
		}
	})
}
