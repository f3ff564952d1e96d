package client_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// large emits one notice of so many bytes.
func (c *course) large(size int) {
	c.serial++
	key := fmt.Sprintf("notice %d", c.serial)
	payload := map[string]string{"amount": key, "reason": strings.Repeat("x", size)}
	require.NoError(c.t, c.node.Burst(events.TypeTransferRecorded, 1, func(int) any { return payload }))
	c.noted(key, events.TypeTransferRecorded, 1)
}

// A hundred thousand events come in one go. What the lane has no room for is told.
func TestFault32Burst(t *testing.T) {
	many := 20_000
	if thorough() {
		many = 100_000
	}
	s := sheet{
		number: 32, name: "burst of 100,000 events", config: func(c *refserver.Config) { c.HighBuffer = 1 << 17 },
		note: "what its lane had no room for is told",
	}
	s.play(t, func(c *course) {
		c.busy(10 * time.Second)
		c.flood(events.TypeTransferRecorded, many)
		c.awaits()
		c.busy(10 * time.Second)
		assert.Equal(c.t, uint64(1), c.attempts())
	})
}

// An event of 10 MB is below the limit, and comes whole.
func TestFault32LargeEvent(t *testing.T) {
	s := sheet{number: 32, name: "event of 10 MB"}
	s.play(t, func(c *course) {
		c.busy(5 * time.Second)
		c.large(10 << 20)
		c.awaits()
		c.busy(5 * time.Second)
		assert.Equal(c.t, uint64(1), c.attempts())
		largest := 0
		for _, env := range c.seen(events.TypeTransferRecorded) {
			largest = max(largest, len(env.Data))
		}
		assert.Greater(c.t, largest, 10<<20)
	})
}

// One over the limit ends the stream with an error that names the option. The next one of
// this kind would bring it again, so it is the next transport's turn, and none of them is
// hammered, however often it is sent.
func TestFault32EventOverTheLimit(t *testing.T) {
	s := sheet{
		number: 32, name: "events over the limit, one each 10 s", note: "the error names MaxFrame; all are told",
		options: func(o *client.Options) { o.MaxFrame = 64 << 10 },
	}
	s.play(t, func(c *course) {
		c.rate = 1
		c.busy(40 * time.Second)
		over := c.begins(faultTakeAway)
		for range 30 {
			c.large(100 << 10)
			c.busy(10 * time.Second)
		}
		over()
		assert.Equal(c.t, "MaxFrame", failure[*transport.FrameTooBigError](c).Option)
		assert.Less(c.t, c.attempts(), uint64(20), "in five minutes")
		c.busy(3 * time.Minute)
		assert.Equal(c.t, c.by, c.m.Health().Transport)
	})
}
