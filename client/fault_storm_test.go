package client_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
)

// longestWait is that of the default policy.
const longestWait = time.Minute

// The server accepts each connection and closes it at once: before or behind the 101,
// or the head of SSE. That is no success, and no reason to try sooner.
func TestFault26AcceptsAndClosesAtOnce(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*course){
		"accepts and closes at once": func(c *course) { c.node.TakeAway(refserver.Streams, refserver.Answer{}) },
		"answers 101 or 200 and closes at once": func(c *course) {
			c.node.DieAfter(refserver.Streams, 0)
			c.node.Drop(refserver.Streams)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := sheet{number: 26, name: name, seeds: 6, worst: longestWait + 2*time.Second}
			s.play(t, func(c *course) { c.isClosedOn(breaks) })
		})
	}
}

func (c *course) isClosedOn(breaks func(*course)) {
	c.busy(20 * time.Second)
	over := c.begins(faultOutage)
	breaks(c)
	pass(10 * time.Minute)
	c.fewConnects(time.Minute, 10)
	c.node.Heal(refserver.Streams)
	over()
	c.awaits()
	c.busyUntil(longestWait+time.Second, "back", func() bool { return c.m.Health().State == client.Connected })
	c.busy(3 * time.Minute) // up again, where it went down
}

// fewConnects checks that no window of time has seen more connects of a transport.
func (c *course) fewConnects(window time.Duration, most int) {
	at := make(map[refserver.Part][]time.Time)
	for _, q := range c.node.Log() {
		// A request that found its kept connection closed is sent again at once by
		// net/http: that is one connect.
		if seen := at[q.Part]; q.Part != refserver.REST && (len(seen) == 0 || !seen[len(seen)-1].Equal(q.At)) {
			at[q.Part] = append(seen, q.At)
		}
	}
	for part, times := range at {
		for i := range times {
			n := 0
			for ; i+n < len(times) && times[i+n].Sub(times[i]) < window; n++ {
			}
			assert.LessOrEqual(c.t, n, most, "connects to %s within %v", partNames[part], window)
		}
	}
}

// The same where the client has no other transport: the waits grow to a minute, and a
// 101 does not make them short again.
func TestFault26AcceptsAndClosesAtOnceWithoutFallback(t *testing.T) {
	s := sheet{
		number: 26, name: "accepts and closes at once, no other transport", seeds: 4, worst: longestWait + 2*time.Second,
		options: func(o *client.Options) { o.Fallback.Order = o.Fallback.Order[:1] },
	}
	s.play(t, func(c *course) {
		c.busy(20 * time.Second)
		over := c.begins(faultOutage)
		c.node.DieAfter(refserver.Streams, 0)
		c.node.Drop(refserver.Streams)
		pass(15 * time.Minute)
		c.fewConnects(time.Minute, 10)
		waits := c.waits()
		require.Greater(c.t, len(waits), 15)
		for _, w := range waits[8:] {
			assert.GreaterOrEqual(c.t, w, longestWait/4)
		}
		assert.Greater(c.t, slices.Max(waits), longestWait/2)
		assert.LessOrEqual(c.t, slices.Max(waits), longestWait)
		c.node.Heal(refserver.Streams)
		over()
		c.awaits()
		c.busy(longestWait + 30*time.Second)
	})
}

// waits returns the waits of the client, by what it told.
func (c *course) waits() (all []time.Duration) {
	for _, change := range c.changeList() {
		if change.To == client.Waiting {
			all = append(all, change.RetryAt.Sub(change.At))
		}
	}
	return all
}

func TestFault27ServerIsAway(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]time.Duration{"server is away for 10 min": 10 * time.Minute, "server is away for 24 h": 24 * time.Hour} {
		seeds := 4
		if d > time.Hour {
			seeds = 1 // of some two thousand attempts
		}
		t.Run(name, func(t *testing.T) {
			s := sheet{number: 27, name: name, seeds: seeds, worst: longestWait + time.Second}
			s.play(t, func(c *course) { c.isAway(d) })
		})
	}
}

// isAway checks that the attempts are exactly those that the draws make of the formula.
func (c *course) isAway(d time.Duration) {
	c.busy(40*time.Second + c.upTo(6*time.Second)) // long enough for a connection to be good
	drawn := len(c.draws)
	over := c.begins(faultOutage)
	c.dies()
	pass(d)
	waits, draws := c.waits(), c.draws[drawn:]
	ceiling, longest, times := time.Second, time.Duration(0), 0
	for i, wait := range waits {
		low := ceiling / 4
		if i == 0 {
			low = 0 // the connection was good
		}
		// Some draws are for other things.
		n := slices.IndexFunc(draws, func(u float64) bool { return low+time.Duration(u*float64(ceiling-low)) == wait })
		if !assert.GreaterOrEqual(c.t, n, 0, "wait %d: %v below %v", i, wait, ceiling) {
			break
		}
		draws = draws[n+1:]
		if longest += ceiling; longest <= d {
			times++
		}
		ceiling = min(2*ceiling, longestWait)
	}
	assert.GreaterOrEqual(c.t, len(waits), times, "outage by ceilings")
	assert.LessOrEqual(c.t, len(waits), 4*times+8, "four times that")
	full := waits[min(7, len(waits)-1):]
	if len(full) > 5 {
		assert.GreaterOrEqual(c.t, slices.Max(full)-slices.Min(full), longestWait/5, "jitter")
	}
	assert.Equal(c.t, uint64(len(waits)-1), c.m.Metrics().Snapshot().Transports[fallback.Polling].DialFailures, "each wait that is over began one round")
	c.lives()
	over()
	c.awaits()
	c.busy(longestWait + 20*time.Second)
}
