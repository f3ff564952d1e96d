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
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func TestADisconnectIsOneGapWithItsBounds(t *testing.T) {
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{Rate: 2}, func(t *testing.T, r *rig) {
				m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
				r.connected(m)
				pass(20 * time.Second)
				lost := time.Now()
				r.net.Refuse(address, true)
				r.net.Reset(address)
				pass(30 * time.Second)
				r.net.Refuse(address, false)
				pass(2 * time.Minute)

				assert.Equal(t, []events.GapCause{events.GapByDisconnect}, r.episodes(t))
				gaps := r.gapList()
				require.Len(t, gaps, 2)
				assert.WithinDuration(t, lost, gaps[0].From, 6*time.Second)
				assert.Zero(t, gaps[0].To)
				assert.GreaterOrEqual(t, gaps[1].To.Sub(lost), 30*time.Second)
				assert.Equal(t, events.AnyPriority, gaps[0].Lane)
				assert.Equal(t, uint64(1), m.Metrics().Snapshot().Gaps["disconnect"])
			})
		})
	}
}

func TestWithoutFaultsThereIsNoGap(t *testing.T) {
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{Rate: 2}, func(t *testing.T, r *rig) {
				r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
				pass(3 * time.Minute)
				assert.Empty(t, r.gapList())
				assert.NotEmpty(t, r.all())
			})
		})
	}
}

// A slow handler makes its lane overflow: what is lost is counted, told once, and
// the link is not taken for dead.
func TestASlowHandlerLosesTheOldestAndIsTold(t *testing.T) {
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				release := make(chan struct{})
				var mux handlers.Mux
				handlers.On(&mux, func(context.Context, events.MessageAdded) error { <-release; return nil })
				mux.OnAny(r.event)
				m, _ := r.run(&mux, client.Options{
					Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
					Subscription: subscription.To(events.TypeMessageAdded),
					Lanes:        [3]client.Lane{{Events: 100}, {}, {}},
				})
				r.connected(m)
				for range 300 {
					r.node.AddMessage(refserver.AddOptions{})
					synctest.Wait()
				}
				pass(50 * time.Second)
				assert.Equal(t, client.Connected, m.Health().State, "a slow handler is not a dead link")
				assert.True(t, m.Health().OK())
				dropped := m.Metrics().Snapshot().DroppedByLane[events.High]
				assert.NotZero(t, dropped)
				close(release)
				pass(time.Second)

				assert.Equal(t, []events.GapCause{events.GapByOverflow}, r.episodes(t))
				gaps := r.gapList()
				assert.Equal(t, dropped, uint64(gaps[len(gaps)-1].Dropped), "counted = told")
				assert.Equal(t, events.High, gaps[0].Lane)
				s := m.Metrics().Snapshot()
				assert.Equal(t, s.Received, s.Handled+s.Dropped+s.Filtered+s.Duplicates)
				assert.Zero(t, s.Pending)
			})
		})
	}
}
