package client_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// The context ends while the client dials, shakes hands, is open, waits, repairs or
// hands out what is left: Run returns within a second, and no handler is called any
// more.
func TestFault35ContextEnds(t *testing.T) {
	t.Parallel()
	for _, stage := range []struct {
		name string
		play func(*course)
	}{
		{"dial", func(c *course) { c.net.Hang(address, true); c.starts(); pass(c.upTo(12 * time.Second)) }},
		{"handshake", func(c *course) { c.node.Freeze(refserver.All); c.starts(); pass(c.upTo(12 * time.Second)) }},
		{"open", func(c *course) { c.follows(); c.busy(c.upTo(40 * time.Second)) }},
		{"wait", func(c *course) {
			c.follows()
			c.busy(10 * time.Second)
			c.dies()
			pass(c.upTo(time.Minute))
		}},
		{"repair", func(c *course) {
			c.follows()
			c.busy(10 * time.Second)
			c.node.Freeze(refserver.REST)
			c.busy(c.upTo(10 * time.Second))
		}},
		{"drain", func(c *course) {
			c.opts.DrainTimeout = 500 * time.Millisecond // this handler heeds its context, at last
			c.follows()
			c.busy(5 * time.Second)
			c.stall()
			c.busy(c.upTo(5 * time.Second))
		}},
	} {
		t.Run(stage.name, func(t *testing.T) {
			s := sheet{number: 35, name: "context ends: " + stage.name, seeds: 250, bare: true, note: "nothing is sent that counts"}
			s.play(t, func(c *course) {
				stage.play(c)
				c.ends()
				c.m = nil // it has ended: nothing is to be made up for
				handled := len(c.all())
				if stage.name == "drain" { // the one that Run has named, and did not wait for, returns now
					synctest.Wait()
					assert.LessOrEqual(c.t, len(c.all()), handled+1)
					handled = len(c.all())
				}
				c.net.Hang(address, false)
				c.node.Heal(refserver.All)
				c.lives()
				c.busy(time.Minute)
				assert.Len(c.t, c.all(), handled, "no callback afterwards")
			})
		})
	}
}

// A node that has a thousand sockets finds out that one is gone only if the client
// says goodbye: otherwise the place is taken for ever. The client's filter matches
// nothing, so that nothing else would tell the node.
func TestFault42SlotsThatLeak(t *testing.T) {
	slots := 100
	if thorough() {
		slots = 1000
	}
	s := sheet{
		number: 42, name: "1,000 reconnects against a pool of slots that leak", bare: true, note: "nothing is sent",
		transports: []fallback.Transport{fallback.WebSocket}, // SSE takes no slot
		config:     func(cfg *refserver.Config) { cfg.MaxSockets = slots },
	}
	s.play(t, func(c *course) {
		c.opts.Witness, c.opts.Subscription = client.WitnessOff, subscription.To(events.TypeNodeStarted)
		for range slots + 1 {
			c.starts()
			ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
			require.NoError(c.t, c.m.WaitConnected(ctx))
			cancel()
			assert.Equal(c.t, c.by, c.m.Health().Transport)
			c.ends()
			c.m = nil
		}
		assert.LessOrEqual(c.t, c.node.Sockets(), 2)
	})
}
