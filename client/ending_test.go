package client_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
)

// Run ends within a second of its context, whatever it is doing: dialling,
// shaking hands, open, waiting, climbing, switching. The bubble fails on any
// goroutine that is left.
func TestRunEndsWithItsContextAtAnyMoment(t *testing.T) {
	t.Parallel()
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		for moment := time.Duration(0); moment < 40*time.Second; moment += 1093 * time.Millisecond {
			inBubble(t, refserver.Config{Dialect: d, Rate: 2}, func(t *testing.T, r *rig) {
				m, stop := r.follow(client.Options{
					PollInterval: time.Second, Requests: 6000,
					Fallback: fallback.Policy{Promote: 3 * time.Second, Stable: 2 * time.Second},
				})
				go r.troubles()
				pass(moment)
				began := time.Now()
				err := stop()
				assert.LessOrEqual(t, time.Since(began), time.Second, "%v after %v, %v", d, moment, m.Health().State)
				requireCanceled(t, err)
				seen := len(r.all())
				pass(time.Minute)
				assert.Len(t, r.all(), seen, "no callback afterwards")
			})
		}
	}
}

// troubles are forty seconds in which everything happens once.
func (r *rig) troubles() {
	r.net.Hang(address, true)
	time.Sleep(5 * time.Second)
	r.net.Hang(address, false)
	r.net.Refuse(address, true)
	time.Sleep(5 * time.Second)
	r.net.Refuse(address, false)
	time.Sleep(5 * time.Second)
	r.node.TakeAway(refserver.WebSocket, refserver.Answer{Status: 403})
	time.Sleep(5 * time.Second)
	r.node.TakeAway(refserver.SSE, refserver.Answer{Status: 403})
	time.Sleep(5 * time.Second)
	r.node.Heal(refserver.All)
	time.Sleep(8 * time.Second)
	r.net.Freeze(address, true)
	time.Sleep(5 * time.Second)
	r.net.Freeze(address, false)
}

// A http.Client that panics where the application cannot see it, in a climb, ends
// nothing but that.
func TestAClientThatPanicsInAClimb(t *testing.T) {
	t.Parallel()
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		web := r.net.Client()
		var armed atomic.Bool
		trap := &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			if armed.Load() && req.URL.Path == refserver.SocketPath {
				panic("boom")
			}
			return web.Transport.RoundTrip(req)
		})}
		m, err := client.New("http://"+address, nil, &client.Options{HTTPClient: trap})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		pass(10 * time.Second)
		armed.Store(true)
		pass(5 * time.Minute)
		assert.Equal(t, fallback.Polling, m.Health().Transport)
		assert.True(t, m.Health().OK())
		cancel()
		requireCanceled(t, <-done)
		web.CloseIdleConnections()
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
