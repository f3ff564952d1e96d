package client_test

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
)

// askedFor is an answer that asks to come back after d.
func askedFor(status int, d time.Duration) refserver.Answer {
	seconds := strconv.Itoa(int(d / time.Second))
	return refserver.Answer{Status: status, Header: http.Header{"Retry-After": {seconds}}}
}

// spaced checks that what was asked of a part of the node since began came in requests
// which are at least d apart, and goes on.
func (c *course) spaced(p refserver.Part, d time.Duration, began time.Time) {
	c.t.Helper()
	var last time.Time
	n := 0
	for _, q := range c.node.Log() {
		if q.Part&p == 0 || q.At.Before(began) {
			continue
		}
		if !last.IsZero() {
			assert.GreaterOrEqual(c.t, q.At.Sub(last), d, "%s", q.Path)
		}
		last = q.At
		n++
	}
	assert.Greater(c.t, n, 1)
}

const retryAfter = 100 * time.Second

// A stream that asks to be left alone is, for as long as it asked; others are tried at
// once.
func TestFault22StreamsAskToComeBackLater(t *testing.T) {
	s := sheet{number: 22, name: "429/503 with Retry-After on streams", transports: lower, seeds: 2, bare: true, note: "503 on one; 429 on both"}
	s.play(t, func(c *course) {
		blocked := refserver.WebSocket
		instead := fallback.SSE
		answer := askedFor(http.StatusServiceUnavailable, retryAfter)
		if c.scenario.seed > 1 {
			blocked, instead = refserver.Streams, fallback.Polling
			answer = askedFor(http.StatusTooManyRequests, retryAfter)
		}
		over := c.begins(faultTakeAway)
		c.node.Refuse(blocked, answer)
		c.rate = 1
		began := time.Now()
		c.follows()
		assert.Zero(c.t, c.noticedBy(instead, began), "at once")
		c.busy(10 * time.Minute)
		for _, part := range []refserver.Part{refserver.WebSocket, refserver.SSE} {
			if blocked&part != 0 {
				c.spaced(part, retryAfter, began)
			}
		}
		c.node.Heal(blocked)
		c.busy(4 * time.Minute)
		over()
		assert.Equal(c.t, fallback.WebSocket, c.m.Health().Transport)
	})
}

// REST that asks to be left alone speaks for the host: as long as a stream delivers that
// is not asked for anything else; where none does, nothing at all is tried before.
func TestFault22RESTAsksToComeBackLater(t *testing.T) {
	s := sheet{number: 22, name: "429/503 with Retry-After on REST", transports: lower, seeds: 2, bare: true, note: "beside a stream; on all"}
	s.play(t, func(c *course) {
		answer := askedFor(http.StatusTooManyRequests, retryAfter)
		c.rate = 1
		c.follows()
		c.busy(time.Minute)
		over := c.begins(faultTakeAway)
		if c.scenario.seed == 1 {
			c.node.Refuse(refserver.REST, answer)
			began := time.Now()
			c.busy(10 * time.Minute)
			c.spaced(refserver.REST, retryAfter, began)
			assert.Empty(c.t, c.causes(), "the stream goes on")
		} else {
			c.node.TakeAway(refserver.Streams, refserver.Answer{Status: http.StatusBadGateway})
			c.node.Refuse(refserver.REST, answer)
			pass(5 * time.Second) // until all have been asked
			began := time.Now()
			pass(10 * time.Minute)
			c.spaced(refserver.WebSocket, retryAfter, began)
			c.spaced(refserver.SSE, retryAfter, began)
			c.spaced(refserver.REST, retryAfter, began)
		}
		c.node.Heal(refserver.All)
		over()
		c.busy(5 * time.Minute)
	})
}

// Who is told by all that it may not is told so for good: once by each, and a token is
// asked for once more at most.
func TestFault23RefusedFromTheStart(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			var asked atomic.Int32
			s := sheet{
				number: 23, name: strconv.Itoa(status) + " for good, from the start", transports: lower, bare: true,
				options: func(o *client.Options) {
					asked.Store(0)
					o.TokenSource = func(context.Context) (string, error) { asked.Add(1); return "old", nil }
				},
				note: "ends with a typed error",
			}
			s.play(t, func(c *course) {
				c.node.Refuse(refserver.All, refserver.Answer{Status: status})
				m, stop := c.run(&handlers.Mux{}, c.opts)
				pass(time.Minute)
				assert.Equal(c.t, client.Closed, m.Health().State)
				var refused *client.RefusedError
				require.ErrorAs(c.t, stop(), &refused)
				require.Len(c.t, refused.Refusals, 3)
				for _, refusal := range refused.Refusals {
					assert.Contains(c.t, refusal.Error(), "unexpected status "+strconv.Itoa(status))
				}
				most := int32(1)
				if status == http.StatusUnauthorized {
					most = 2 // the first, and once anew
				}
				assert.LessOrEqual(c.t, asked.Load(), most)
				once := map[string]bool{}
				for _, q := range c.node.Log() {
					assert.False(c.t, once[q.Path] && status != http.StatusUnauthorized, "%s twice", q.Path)
					once[q.Path] = true
				}
			})
		})
	}
}

// Once something was proved, a refusal by all is somebody's mistake, and may be mended:
// it is asked about once a minute, and told all the while.
func TestFault23RefusedLater(t *testing.T) {
	s := sheet{
		number: 23, name: "401/403/404 for good, after something was proved", seeds: 3, bare: true, note: "asked once a minute",
	}
	s.play(t, func(c *course) {
		status := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}[c.scenario.seed%3]
		c.follows()
		c.busy(20 * time.Second)
		over := c.begins(faultTakeAway)
		c.node.TakeAway(refserver.All, refserver.Answer{Status: status})
		pass(2 * time.Minute)
		began := time.Now()
		pass(30 * time.Minute)
		assert.Equal(c.t, client.Waiting, c.m.Health().State)
		for _, change := range c.changeList() {
			if change.To == client.Waiting {
				require.Error(c.t, change.Err)
				assert.LessOrEqual(c.t, change.RetryAt.Sub(change.At), time.Minute)
			}
		}
		c.spaced(map[fallback.Transport]refserver.Part{
			fallback.WebSocket: refserver.WebSocket, fallback.SSE: refserver.SSE,
		}[c.by], 44*time.Second, began)
		c.node.Heal(refserver.All)
		over()
		c.busy(70 * time.Second)
		assert.Equal(c.t, client.Connected, c.m.Health().State)
	})
}
