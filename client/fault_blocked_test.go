package client_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
)

// Both streams are blocked: with a word, without one, or by a hole that swallows them. The
// client polls, its view is as fresh as that allows, and once the streams are let through
// a WebSocket is back by itself.
func TestFault20StreamsAreBlocked(t *testing.T) {
	s := sheet{number: 20, name: "WebSocket and SSE blocked", transports: lower, seeds: 3, bare: true, note: "by 403; by hanging up; by silence"}
	s.play(t, func(c *course) {
		over := c.begins(faultTakeAway)
		switch c.scenario.seed {
		case 1:
			c.node.Refuse(refserver.Streams, refserver.Answer{Status: http.StatusForbidden})
		case 2:
			c.node.Refuse(refserver.Streams, refserver.Answer{})
		default:
			c.node.Freeze(refserver.Streams)
		}
		c.rate = 0.5
		c.follows()
		assert.Equal(c.t, fallback.Polling, c.m.Health().Transport)
		for range 300 {
			c.busy(time.Second)
			h := c.m.Health()
			assert.LessOrEqual(c.t, h.EventAge(time.Now()), client.DefaultPollInterval+time.Second)
			assert.True(c.t, h.OK())
		}
		c.node.Heal(refserver.Streams)
		healed := time.Now()
		for range 120 {
			c.busy(time.Second)
		}
		over()
		assert.Equal(c.t, fallback.WebSocket, c.m.Health().Transport)
		changes := c.changeList()
		c.row.next = append(c.row.next, changes[len(changes)-1].At.Sub(healed))
	})
}

// A captive portal answers everything with its page, from the start or from one moment to
// the next. Nothing of it is taken for a node's.
func TestFault21CaptivePortal(t *testing.T) {
	s := sheet{number: 21, name: "captive portal: 200 text/html to everything", seeds: 2, bare: true, note: "from the start; in the middle of a run"}
	s.play(t, func(c *course) {
		if c.scenario.seed == 1 {
			c.node.Refuse(refserver.All, refserver.Portal())
			c.starts()
			pass(10 * time.Minute)
			assert.NotContains(c.t, strings.Join(c.states(), ","), "connected")
			assert.Empty(c.t, c.all())
			c.node.Heal(refserver.All)
			c.connected(c.m)
			c.story.connected = time.Now()
		} else {
			c.follows()
			c.busy(30 * time.Second)
			over := c.begins(faultTakeAway)
			c.node.TakeAway(refserver.All, refserver.Portal())
			before := len(c.states())
			pass(10 * time.Minute)
			assert.NotContains(c.t, strings.Join(c.states()[before:], ","), "connected")
			c.node.Heal(refserver.All)
			over()
		}
		c.busy(3 * time.Minute)
		h := c.m.Health()
		assert.True(c.t, h.OK())
		assert.Equal(c.t, c.by, h.Transport)
	})
}

// SSE is answered with 204, by which the format means: do not come back. The client goes
// elsewhere at once, and looks once a minute whether that is still so.
func TestFault25SSEHasNoContent(t *testing.T) {
	s := sheet{
		number: 25, name: "204 on SSE", transports: []fallback.Transport{fallback.SSE}, bare: true, note: "SSE tried once a minute",
	}
	s.play(t, func(c *course) {
		const blocked = 10 * time.Minute
		c.node.Refuse(refserver.SSE, refserver.Answer{Status: http.StatusNoContent})
		c.story.polling = true
		c.rate = 0.5
		began := time.Now()
		c.follows()
		assert.Equal(c.t, []string{"connecting sse", "connecting polling", "connected polling"}, c.states())
		assert.Zero(c.t, c.noticedBy(fallback.Polling, began), "at once")
		c.busy(blocked)
		c.probed(refserver.SSEPath, blocked)
	})
}
