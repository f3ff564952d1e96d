package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// A proxy ends connections on which nothing has moved for 5 s.
const impatience = 5 * time.Second

// Who says something more often is let alone: a node by its beats, another server by
// heartbeats each 4 s, or the client by its pings.
func TestFault19IdleTimeOutAboveTheHeartbeat(t *testing.T) {
	s := sheet{
		number: 19, name: "idle time-out at the proxy above the heartbeat", bare: true,
		config:  func(c *refserver.Config) { c.Heartbeat = 4 * time.Second },
		options: func(o *client.Options) { o.PingInterval = 4 * time.Second },
	}
	s.play(t, func(c *course) {
		c.behind(middlebox{idle: impatience})
		c.follows()
		pass(time.Minute)
		assert.Equal(c.t, uint64(1), c.attempts())
		assert.Empty(c.t, c.causes())
	})
}

// Where nothing is said for longer, three short lives are enough to know: the client
// steps down, says why, and polls before long. No fact is missing.
func TestFault19IdleTimeOutBelowTheHeartbeat(t *testing.T) {
	s := sheet{
		number: 19, name: "idle time-out at the proxy below the heartbeat", bare: true, seeds: 4,
		options: func(o *client.Options) {
			o.Witness = client.WitnessOff
			o.Subscription = subscription.To(events.TypeMessageAdded, events.TypeMessageFinalized)
		},
		note: "facts only, by polling; connects until then",
	}
	s.play(t, func(c *course) {
		c.story.want = c.opts.Subscription.Types
		c.behind(middlebox{idle: impatience})
		over := c.begins(faultTakeAway)
		began := time.Now()
		c.follows()
		pass(time.Second)
		c.add(refserver.AddOptions{})
		pass(2 * time.Minute)
		assert.LessOrEqual(c.t, c.noticedBy(fallback.Polling, began), 75*time.Second)
		told := false
		for _, change := range c.changeList() {
			if change.To == client.Connecting && change.Transport == fallback.Polling {
				told = change.Err != nil
			}
		}
		assert.True(c.t, told, "why it is polling")
		for range 3 {
			c.add(refserver.AddOptions{Silent: true})
			pass(time.Minute)
		}
		c.patience.Store(0)
		over()
	})
}

// A connection that was good and falls idle is back within a second, however often that
// happens: the waits do not grow.
func TestFault19IdleTimeOutAfterGoodLives(t *testing.T) {
	s := sheet{
		number: 19, name: "idle time-out at the proxy after good lives", bare: true, seeds: 4, worst: time.Second,
		dialects: []refserver.Dialect{refserver.Guide},
		options:  func(o *client.Options) { o.PingInterval = time.Minute },
		note:     "a node is never idle for 5 s",
	}
	s.play(t, func(c *course) {
		c.behind(middlebox{idle: impatience})
		c.follows()
		c.rate = 3
		for range 6 {
			c.busy(40 * time.Second)
			over := c.begins(faultDrop)
			pass(impatience + 1500*time.Millisecond)
			over()
		}
		c.patience.Store(0)
		lost := time.Time{}
		for _, change := range c.changeList() {
			switch {
			case change.From == client.Connected:
				lost = change.At
			case change.To == client.Connected && !lost.IsZero():
				c.row.next = append(c.row.next, change.At.Sub(lost))
			}
		}
		assert.GreaterOrEqual(c.t, len(c.row.next), 6)
	})
}
