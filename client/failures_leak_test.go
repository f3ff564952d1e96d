package client_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// These count what the process has, so they run alone.

// A stream that ends by a time-out leaves nothing behind, however often that is.
func TestTimeoutsLeaveNoGoroutines(t *testing.T) {
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBothDialects(t, refserver.Config{Heartbeat: time.Hour}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{
				Fallback:    fallback.Policy{Order: []fallback.Transport{by}, MaxDelay: time.Second},
				DialTimeout: time.Second, IdleTimeout: 100 * time.Millisecond, PingInterval: 100 * time.Millisecond,
			})
			// live is one life: an event, then nothing, not even an answer.
			live := func() (goroutines int) {
				r.connected(m)
				r.node.AddMessage(refserver.AddOptions{})
				r.node.Freeze(refserver.Streams)
				for m.Health().State != client.Waiting {
					pass(10 * time.Millisecond)
				}
				r.node.Heal(refserver.Streams)
				return runtime.NumGoroutine()
			}
			before := 0
			for range 3 {
				before = max(before, live())
			}
			after := before + 1
			for range 30 {
				after = min(after, live())
			}
			assert.LessOrEqual(t, after, before, by)
		})
	}
}

// While there is no token there is no connection either, and none is left over.
func TestNoTokenNoConnection(t *testing.T) {
	inBothDialects(t, refserver.Config{Token: "good"}, func(t *testing.T, r *rig) {
		asked := 0
		m, stop := r.follow(client.Options{TokenSource: func(context.Context) (string, error) {
			asked++
			return "", errTest
		}})
		pass(10 * time.Minute)
		require.ErrorIs(t, m.Health().Err, errTest)
		assert.Greater(t, asked, 10)
		assert.Less(t, asked, 200, "and the source is not hammered")
		assert.Zero(t, r.net.Dials(address))
		assert.Zero(t, r.net.Conns(address))
		requireCanceled(t, stop())
	})
}

// What a subscription costs is what it holds: it comes with no queue of its own, and
// what was given back is gone.
func TestASubscriptionIsSmall(t *testing.T) {
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		const many = 200
		muxes := make([]handlers.Mux, many)
		for i := range muxes {
			handlers.On(&muxes[i], func(context.Context, events.TipsUpdated) error { return nil })
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range muxes {
			cancel, err := m.Subscribe(subscription.To(events.TypeTipsUpdated), &muxes[i])
			require.NoError(t, err)
			defer cancel()
		}
		runtime.ReadMemStats(&after)
		assert.Less(t, (after.TotalAlloc-before.TotalAlloc)/many, uint64(32<<10), "bytes each")
	})
}
