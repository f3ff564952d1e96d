package client_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/transport"
)

// moved is what stands in front of a node that has moved: each request is sent on by one
// more hop, so many times, and then answered.
func (r *rig) moved(status, hops int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		n := 0
		if rest, ok := strings.CutPrefix(q.URL.Path, "/moved"); ok {
			_, _ = fmt.Sscanf(rest, "%d", &n)
			_, rest, _ = strings.Cut(rest, "/")
			q.URL.Path = "/" + rest
		}
		if n == hops {
			r.node.ServeHTTP(w, q)
			return
		}
		http.Redirect(w, q, fmt.Sprintf("/moved%d%s?%s", n+1, q.URL.Path, q.URL.RawQuery), status)
	})
}

// secretHeaders are what no other host may see.
func secretHeaders(o *client.Options) {
	o.Header = http.Header{"X-Api-Key": {"secret"}}
	o.Token = "secret"
}

var redirects = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

// Up to ten redirects within the host are followed, with all headers, whatever their
// status.
func TestFault24RedirectsAreFollowed(t *testing.T) {
	s := sheet{
		number: 24, name: "redirects 301/302/307/308, ten in a row", seeds: len(redirects), bare: true, options: secretHeaders,
		transports: []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling},
		config:     func(c *refserver.Config) { c.Token = "secret" },
	}
	s.play(t, func(c *course) {
		c.behind(middlebox{handler: c.moved(redirects[c.scenario.seed-1], 10)})
		c.follows()
		assert.Equal(c.t, []string{"connecting " + c.by.String(), "connected " + c.by.String()}, c.states())
		c.rate = 1
		c.busy(time.Minute)
		for _, q := range c.node.Log() {
			assert.Equal(c.t, "secret", q.Header.Get("X-Api-Key"))
		}
	})
}

// A loop, a redirect to nowhere, and one to another host are refused with an error that
// says which; nothing is sent to another host. When the mistake is mended the client is back
// within a minute.
func TestFault24RedirectsAreRefused(t *testing.T) {
	s := sheet{
		number: 24, name: "redirects: loop, empty or broken Location, another host", seeds: 5, bare: true, options: secretHeaders,
		transports: lower, note: "typed; other hosts saw 0 requests",
	}
	s.play(t, func(c *course) {
		location := []string{"/v1/again", "", "http://[", "http://elsewhere/v1/", "https://elsewhere/v1/"}[c.scenario.seed-1]
		c.hosts("elsewhere:80", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			c.t.Error("a request has reached another host")
		}))
		c.node.Refuse(refserver.All, refserver.Answer{Status: http.StatusFound, Header: http.Header{"Location": {location}}})
		c.starts()
		pass(10 * time.Minute)
		assert.NotContains(c.t, strings.Join(c.states(), ","), "connected")
		assert.Zero(c.t, c.net.Dials("elsewhere:443"))
		switch c.scenario.seed {
		case 1:
			assert.Equal(c.t, transport.TooMany, failure[*transport.RedirectError](c).Reason)
		case 2:
			assert.Equal(c.t, http.StatusFound, failure[*transport.StatusError](c).Status)
		case 3:
			assert.Equal(c.t, transport.BadLocation, failure[*transport.RedirectError](c).Reason)
		default:
			assert.Equal(c.t, transport.OtherHost, failure[*transport.RedirectError](c).Reason)
		}
		assert.Less(c.t, c.node.Requests(refserver.SocketPath), 40, "it is not hammered")
		c.node.Heal(refserver.All)
		pass(61 * time.Second)
		c.story.connected = time.Now()
		c.rate = 1
		c.busy(time.Minute)
		assert.Equal(c.t, client.Connected, c.m.Health().State)
	})
}
