package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// The handlers stand still. What has no place is dropped, counted and told, the reader
// reads on, and the link stays up.
func TestFault31ApplicationStopsReading(t *testing.T) {
	lanes := [3]client.Lane{{Events: 200}, {Events: 100}, {Events: 50}}
	s := sheet{
		number: 31, name: "app stops reading for 30 s", seeds: 3, worst: time.Second,
		options: func(o *client.Options) { o.Lanes = lanes },
	}
	s.play(t, func(c *course) {
		c.busy(10 * time.Second)
		over := c.begins(faultStall)
		c.stall()
		c.rate = 60
		c.busy(30 * time.Second)
		owed, held := c.m.Health().Owed, c.m.Metrics().Snapshot().Pending
		assert.LessOrEqual(c.t, held, uint64(owed)+350+32, "the lanes, a hand, and the ids of facts that come late")
		c.resume()
		over()
		c.awaits()
		c.rate = 5
		c.busy(20 * time.Second)
		dropped := 0
		for _, g := range c.gapList() {
			if g.Stage == events.GapClosed && g.Cause == events.GapByOverflow {
				dropped += g.Dropped
			}
		}
		assert.Positive(c.t, dropped)
		assert.Equal(c.t, c.m.Metrics().Snapshot().Dropped+uint64(owed), uint64(dropped), "what was told is what was counted, and what came late")
		assert.Equal(c.t, uint64(1), c.dials(), "the heartbeat is answered")
	})
}

// lags has the client read nothing for d while a flood comes, so that the server drops
// many events. lively: other lanes say something, too.
func (c *course) lags(d time.Duration, lively bool) {
	over := c.begins(faultFreeze)
	c.net.Freeze(address, true)
	const every = 5 * time.Millisecond
	for i := range int(d / every) {
		switch {
		case lively && i%20 == 0:
			c.notice(events.TypeSyncStarted, 1)
		case i%200 == 100:
			c.add(refserver.AddOptions{Peer: true})
		default:
			c.notice(events.TypeTransferRecorded, 1)
		}
		time.Sleep(every) // fake time
	}
	c.net.Freeze(address, false)
	over()
	c.awaits()
}

// heard checks that a notice of the high lane comes at once, on the same connection.
func (c *course) heard() {
	before := len(c.seen(events.TypePeerConnected))
	c.notice(events.TypePeerConnected, 1)
	pass(100 * time.Millisecond)
	assert.Len(c.t, c.seen(events.TypePeerConnected), before+1, "the connection hears")
	assert.Equal(c.t, uint64(1), c.dials(), "and is the same one")
}

// holeIsTold checks that a gap of the high lane lies around what was lost.
func (c *course) holeIsTold() {
	for _, l := range c.node.Losses() {
		if l.Lane != events.High || l.Before.Sub(l.After) < 6*time.Second {
			continue // the other ones lie between two beats
		}
		told := false
		for _, g := range c.gapList() {
			told = told || g.Stage == events.GapClosed && g.Lane == events.High && g.Cause != events.GapByOverflow &&
				!g.From.After(l.After.Add(3*time.Second)) && !g.To.Before(l.Before.Add(-3*time.Second))
		}
		assert.True(c.t, told, "%+v: %v", l, c.gapList())
	}
}

// wide are lanes that do not overflow: what is lost is the server's doing.
func wide(o *client.Options) {
	o.Lanes = [3]client.Lane{{Events: 20_000}, {Events: 20_000}, {Events: 20_000}}
}

var nodeOnly = []refserver.Dialect{refserver.Node}

func TestFault40SocketIsDeafAfterLag(t *testing.T) {
	t.Parallel()
	for name, lively := range map[string]bool{"other lanes quiet": false, "other lanes lively": true} {
		t.Run(name, func(t *testing.T) {
			s := sheet{
				number: 40, name: "socket is deaf after lag, " + name, seeds: 2, dialects: nodeOnly,
				config: func(cfg *refserver.Config) { cfg.HighBuffer, cfg.Untruths.LateStart = 256, time.Millisecond }, buffer: 16 << 10, options: wide,
			}
			s.play(t, func(c *course) {
				c.busy(20*time.Second + c.upTo(6*time.Second))
				c.lags(7*time.Second, lively)
				pass(12 * time.Second)
				c.heard()
				c.holeIsTold()
				c.busy(20 * time.Second)
			})
		})
	}
}

func TestFault44ClientStallsUnderLoad(t *testing.T) {
	s := sheet{
		number: 44, name: "client stalls for 10 s under load, reads on", seeds: 2, options: wide,
		config: func(cfg *refserver.Config) { cfg.HighBuffer = 256 }, buffer: 16 << 10,
	}
	s.play(t, func(c *course) {
		c.busy(20*time.Second + c.upTo(6*time.Second))
		c.lags(10*time.Second, false)
		pass(12 * time.Second)
		c.heard()
		if c.story.node {
			c.holeIsTold()
		}
		c.busy(20 * time.Second)
	})
}

// The node's main loop ends: heartbeats, pongs and REST go on.
func TestFault40MainLoopIsDead(t *testing.T) {
	t.Parallel()
	for name, growing := range map[string]bool{"REST stands still": false, "REST grows": true} {
		t.Run(name, func(t *testing.T) {
			s := sheet{
				number: 40, name: "node's main loop is dead, " + name, seeds: 2, dialects: nodeOnly, note: "no event until it lives again",
				options: func(o *client.Options) { o.Fallback.Promote = -1 },
			}
			s.play(t, func(c *course) {
				c.busy(time.Minute)
				over := c.begins(faultDead)
				c.die()
				died := time.Now()
				pass(20 * time.Second)
				assert.False(c.t, c.m.Health().OK(), "stale within 20 s")
				assert.WithinDuration(c.t, died, c.m.Health().StaleSince, 7*time.Second)
				for range 20 {
					if growing {
						c.add(refserver.AddOptions{Peer: true})
					}
					pass(30 * time.Second)
					assert.False(c.t, c.m.Health().OK(), "nothing of that is a sign of life")
				}
				assert.LessOrEqual(c.t, c.m.Metrics().Snapshot().Transports[c.by].Dials, uint64(2), "no reconnect storm")
				c.live()
				over()
				c.awaits()
				c.busy(20 * time.Second)
				assert.True(c.t, c.m.Health().OK())
				assert.Contains(c.t, c.causes(), events.GapByDead)
			})
		})
	}
}
