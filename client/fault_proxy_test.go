package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/transport"
)

// lower says that a row begins with all transports, of which the first do not work.
var lower = []fallback.Transport{fallback.WebSocket}

// probed checks that a path was asked for once, and then once a minute at most
// during d, yet not given up.
func (c *course) probed(path string, d time.Duration) {
	c.t.Helper()
	minutes := int(d / time.Minute)
	tries := c.node.Requests(path) - 1
	assert.LessOrEqual(c.t, tries, minutes, path)
	assert.GreaterOrEqual(c.t, tries, minutes-1, path)
}

// attempts is how often the row's transport was dialled.
func (c *course) attempts() uint64 { return c.m.Metrics().Snapshot().Transports[c.by].Dials }

// noticedBy is how long it took to be connected by a transport.
func (c *course) noticedBy(by fallback.Transport, began time.Time) time.Duration {
	for _, change := range c.changeList() {
		if change.To == client.Connected && change.Transport == by {
			return change.At.Sub(began)
		}
	}
	require.Failf(c.t, "never connected", "by %v: %v", by, c.states())
	return 0
}

// A proxy takes the Upgrade from each request, and what the node answers then is no
// WebSocket.
func TestFault15ProxyStripsUpgrade(t *testing.T) {
	s := sheet{number: 15, name: "proxy strips Upgrade", transports: lower, worst: 3 * time.Second, bare: true, note: "WebSocket tried once a minute"}
	s.play(t, func(c *course) { c.upgradesFail(middlebox{strip: true}) })
}

// A firewall of applications answers 403 to upgrades, and to nothing else.
func TestFault16FirewallRefusesUpgrades(t *testing.T) {
	s := sheet{number: 16, name: "WAF 403 on upgrades only", transports: lower, worst: 3 * time.Second, bare: true, note: "WebSocket tried once a minute"}
	s.play(t, func(c *course) {
		c.node.Refuse(refserver.WebSocket, refserver.Answer{Status: http.StatusForbidden, Body: "blocked"})
		c.upgradesFail(middlebox{})
	})
}

// upgradesFail is a client that gets no WebSocket, for a time.
func (c *course) upgradesFail(b middlebox) {
	const blocked = 10 * time.Minute
	over := c.begins(faultTakeAway)
	c.behind(b)
	c.rate = 1
	c.awaits()
	c.starts()
	c.busy(blocked)
	over()
	assert.Equal(c.t, []string{"connecting websocket", "connecting sse", "connected sse"}, c.states())
	c.probed(refserver.SocketPath, blocked)
	assert.Empty(c.t, c.causes(), "nothing was missed")
}

// A proxy that speaks HTTP/1.0 with the node keeps the stream back until a block is
// full. On a quiet stream no byte comes; a lively one comes in bursts.
func TestFault17ProxyBuffersTheStream(t *testing.T) {
	s := sheet{number: 17, name: "proxy buffers SSE (HTTP/1.0 upstream)", transports: lower, seeds: 2, bare: true, note: "of a block that never fills; of 8 KB"}
	s.play(t, func(c *course) {
		c.node.Refuse(refserver.WebSocket, refserver.Answer{Status: http.StatusForbidden})
		over := c.begins(faultTakeAway)
		if c.scenario.seed == 1 {
			c.holdsAllBack()
		} else {
			c.holdsBlocksBack()
		}
		over()
	})
}

// holdsAllBack is a block that never fills.
func (c *course) holdsAllBack() {
	c.behind(middlebox{block: 1 << 20})
	c.story.polling = true // at last that is all there is
	c.rate = 1
	began := time.Now()
	c.starts()
	c.busy(2 * time.Minute)
	assert.LessOrEqual(c.t, c.noticedBy(fallback.Polling, began), 33*time.Second, "two heartbeats and three seconds")
}

// holdsBlocksBack is one that does.
func (c *course) holdsBlocksBack() {
	c.behind(middlebox{block: 8 << 10})
	c.story.polling = true // when it falls quiet, and no block fills
	c.starts()
	c.rate = 30
	c.busy(2 * time.Minute)
	assert.Equal(c.t, "connected sse", c.states()[len(c.states())-1])
	c.rate = 100
	c.busy(10 * time.Second) // so that the last block is full
}

// A proxy compresses streams. One that does as it is asked lets ours alone; one that does
// it always holds events back, and is left at once for polling.
func TestFault18ProxyCompressesTheStream(t *testing.T) {
	s := sheet{number: 18, name: "proxy gzips SSE", transports: lower, seeds: 2, worst: time.Second, bare: true, note: "by a proxy that heeds Accept-Encoding; by one that does not"}
	s.play(t, func(c *course) {
		heeds := c.scenario.seed == 1
		over := c.begins(faultTakeAway)
		c.node.Refuse(refserver.WebSocket, refserver.Answer{Status: http.StatusForbidden})
		c.behind(middlebox{compress: true, force: !heeds})
		c.awaits()
		c.follows()
		c.busy(time.Minute)
		over()
		if heeds {
			assert.Equal(c.t, "connected sse", c.states()[len(c.states())-1])
			return
		}
		c.story.polling = true
		assert.Equal(c.t, "connected polling", c.states()[len(c.states())-1])
		wrong := failure[*transport.ContentTypeError](c)
		assert.Equal(c.t, "gzip", wrong.Got)
	})
}

// failure returns the first error of a kind that a change of state told.
func failure[E error](c *course) (found E) {
	c.t.Helper()
	for _, change := range c.changeList() {
		if errors.As(change.Err, &found) {
			return found
		}
	}
	require.Failf(c.t, "no such error", "%T in %v", found, c.states())
	return found
}
