package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/subscription/events"
)

// oneEvent is how long the next event may take beyond the reconnect, by the traffic.
const oneEvent = 50 * time.Millisecond

func TestFault04ConnectionIsReset(t *testing.T) {
	s := sheet{number: 4, name: "reset in mid-stream", seeds: 20, worst: time.Second + oneEvent}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		c.begins(faultReset)()
		c.net.Reset(address)
		c.awaits()
		c.soon()
		c.busy(10 * time.Second)
		assert.Contains(c.t, c.causes(), events.GapByDisconnect)
	})
}

// The connection ends anywhere in a frame or an event. Its part is never delivered:
// the facts and notices that came are whole, and nothing was counted as garbage.
func TestFault05ConnectionEndsInMidFrame(t *testing.T) {
	s := sheet{number: 5, name: "FIN in mid-frame, mid-event", seeds: 20, worst: time.Second + oneEvent}
	s.play(t, func(c *course) {
		c.busy(10*time.Second + c.upTo(6*time.Second))
		over := c.begins(faultDrop)
		c.net.Cut(address, 1+c.rng.IntN(600))
		for changes := len(c.changeList()); len(c.changeList()) == changes; pass(10 * time.Millisecond) {
			c.notice(events.TypeTransferRecorded, 1)
		}
		c.net.Cut(address, -1)
		over()
		c.awaits()
		c.soon()
		c.busy(10 * time.Second)
		s := c.m.Metrics().Snapshot()
		assert.Empty(c.t, s.Garbage)
		assert.Zero(c.t, s.DecodeErrors)
		assert.Equal(c.t, client.Connected, c.m.Health().State)
	})
}

// soon says a notice each 10 ms for two seconds, so that the next event is soon.
func (c *course) soon() {
	for range 200 {
		c.notice(events.TypeTransferRecorded, 1)
		pass(10 * time.Millisecond)
	}
}
