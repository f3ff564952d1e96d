package client_test

import (
	"testing"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
)

// A random fault every 30 s. The seed is the name of the subtest, and replays it.
func TestFault38Soak(t *testing.T) {
	s := sheet{number: 38, name: "soak, a random fault every 30 s", seeds: 4, note: "20 faults each"}
	s.play(t, func(c *course) {
		faults := 10
		if thorough() {
			faults = 20
		}
		for range faults {
			c.busy(c.upTo(10 * time.Second))
			until := time.Now().Add(20 * time.Second)
			fault := oneOf(c.rng, mishaps()...)
			c.t.Logf("%v after the connect: %s", time.Since(c.story.connected), fault.name)
			fault.do(c)
			c.busy(time.Until(until))
		}
		c.busy(3 * time.Minute)
		h := c.m.Health()
		assert.Equal(c.t, client.Connected, h.State)
		assert.Equal(c.t, c.by, h.Transport, "up again")
		assert.True(c.t, h.OK())
	})
}

// A mishap is a fault of a soak.
type mishap struct {
	name string
	do   func(*course)
}

func mishaps() []mishap {
	during := func(kind faultKind, begin, end func(*course)) func(*course) {
		return func(c *course) {
			over := c.begins(kind)
			begin(c)
			c.busy(c.upTo(20 * time.Second))
			end(c)
			over()
		}
	}
	return []mishap{
		{"killed", during(faultOutage, (*course).dies, (*course).lives)},
		{"reset", func(c *course) { c.begins(faultReset)(); c.net.Reset(address) }},
		{"FIN", func(c *course) { c.begins(faultDrop)(); c.node.Drop(refserver.Streams) }},
		{"restarted", func(c *course) { c.begins(faultRestart)(); c.restart() }},
		{"stranded", func(c *course) {
			over := c.begins(faultFreeze)
			c.net.Strand(address)
			c.busy(twoHeartbeats) // by then it is noticed, if there was a stream
			over()
		}},
		{"frozen", during(faultFreeze,
			func(c *course) { c.net.Freeze(address, true) }, func(c *course) { c.net.Freeze(address, false) })},
		{"one way frozen", during(faultFreeze,
			func(c *course) { c.net.FreezeWay(address, memnet.Down, true) },
			func(c *course) { c.net.FreezeWay(address, memnet.Down, false) })},
		{"slow", during(faultFreeze,
			func(c *course) {
				c.net.Slow(address, memnet.Pace{Latency: 300 * time.Millisecond, Jitter: 50 * time.Millisecond, Slice: 3})
			}, func(c *course) { c.net.Slow(address, memnet.Pace{}) })},
		{"handlers stand still", during(faultStall, (*course).stall, (*course).resume)},
		{"first choice is blocked", func(c *course) {
			part := refserver.WebSocket
			if c.by == fallback.SSE {
				part = refserver.SSE
			}
			during(faultTakeAway, func(c *course) { c.node.TakeAway(part, refserver.Answer{Status: 403}) },
				func(c *course) { c.node.Heal(part) })(c)
		}},
		{"accepts and closes", during(faultOutage,
			func(c *course) { c.node.TakeAway(refserver.Streams, refserver.Answer{}) },
			func(c *course) { c.node.Heal(refserver.Streams) })},
	}
}
