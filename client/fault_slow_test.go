package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/memnet"
)

func TestFault10LossOf5Percent(t *testing.T) {
	s := sheet{number: 10, name: "loss of 5 %, 60 s", seeds: 5, worst: 2 * time.Second, note: lossNote}
	s.play(t, func(c *course) {
		c.loses(0.05, time.Minute)
		c.busy(20 * time.Second)
		assert.Equal(c.t, uint64(1), c.dials(), "no needless reconnect")
		assert.Empty(c.t, c.gapList())
	})
}

func TestFault10LossOf30Percent(t *testing.T) {
	s := sheet{number: 10, name: "loss of 30 %, 60 s", seeds: 5, note: lossNote}
	s.play(t, func(c *course) {
		c.loses(0.3, time.Minute)
		c.busy(20 * time.Second)
	})
}

const lossNote = "as a receiver sees it: nothing moves until the lost segment has been sent again"

// loses lets d go by on a link that loses a share of its segments. TCP sends each of
// them again after 200 ms, 400 ms …, and what comes behind it waits.
func (c *course) loses(share float64, d time.Duration) {
	c.busy(10 * time.Second)
	over := c.begins(faultFreeze)
	for end := time.Now().Add(d); time.Now().Before(end); {
		stands := time.Duration(0)
		for again := 200 * time.Millisecond; c.rng.Float64() < share; again *= 2 {
			stands += again
		}
		c.net.Freeze(address, stands > 0)
		c.busy(stands)
		c.net.Freeze(address, false)
		c.busy(100 * time.Millisecond)
	}
	over()
	c.awaits()
}

func TestFault14SlowLink(t *testing.T) {
	s := sheet{number: 14, name: "300 ± 50 ms latency, 50 kB/s, slices of 3 bytes", seeds: 3, bare: true, worst: 2 * time.Second}
	s.play(t, func(c *course) {
		c.net.Slow(address, memnet.Pace{
			Latency: 300 * time.Millisecond, Jitter: 50 * time.Millisecond, Rate: 50_000, Slice: 3, Seed: c.scenario.seed,
		})
		c.follows()
		c.busy(10 * time.Second)
		c.awaits()
		c.busy(40 * time.Second)
		assert.Equal(c.t, uint64(1), c.dials(), "no reconnect")
		assert.Empty(c.t, c.gapList())
	})
}
