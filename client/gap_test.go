package client_test

import (
	"context"
	"slices"
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
	t.Parallel()
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

				r.episodes(t)
				gaps := slices.DeleteFunc(r.gapList(), func(g events.Gap) bool { return g.Cause == events.GapByPolling })
				require.Len(t, gaps, 3)
				for i, stage := range []events.GapStage{events.GapOpened, events.GapClosed, events.GapSettled} {
					assert.Equal(t, events.GapByDisconnect, gaps[i].Cause)
					assert.Equal(t, stage, gaps[i].Stage)
				}
				assert.WithinDuration(t, lost, gaps[0].From, 6*time.Second)
				assert.Zero(t, gaps[0].To)
				assert.GreaterOrEqual(t, gaps[1].To.Sub(lost), 30*time.Second)
				assert.Equal(t, events.AnyPriority, gaps[0].Lane)
				assert.Equal(t, events.GapUnrepairable, gaps[2].Outcome, "notices are wanted")
				assert.Greater(t, gaps[2].Repaired, 30, "and facts were delivered")
				assert.Equal(t, uint64(1), m.Metrics().Snapshot().Gaps["disconnect"])
				r.once(t, events.TypeMessageAdded, r.settledMessages(t))
			})
		})
	}
}

func TestWithoutFaultsThereIsNoGap(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{Rate: 2}, func(t *testing.T, r *rig) {
				r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
				pass(3 * time.Minute)
				for _, cause := range r.episodes(t) {
					assert.Equal(t, events.GapByPolling, cause, "which brings no notices")
				}
				assert.NotEmpty(t, r.all())
				r.once(t, events.TypeMessageAdded, r.settledMessages(t))
			})
		})
	}
}

// A slow handler makes its lane overflow: what is lost is counted, told once, and
// the link is not taken for dead.
func TestASlowHandlerLosesTheOldestAndIsTold(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(only.String(), func(t *testing.T) {
			inBubble(t, node, func(t *testing.T, r *rig) {
				release := make(chan struct{})
				var mux handlers.Mux
				handlers.On(&mux, func(context.Context, events.TransferRecorded) error { <-release; return nil })
				mux.OnAny(r.event)
				m, _ := r.run(&mux, client.Options{
					Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
					Subscription: subscription.To(events.TypeTransferRecorded),
					Lanes:        [3]client.Lane{{Events: 100}, {}, {}},
				})
				r.connected(m)
				for range 300 {
					require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
					synctest.Wait()
				}
				pass(50 * time.Second)
				assert.Equal(t, client.Connected, m.Health().State, "a slow handler is not a dead link")
				dropped := m.Metrics().Snapshot().DroppedByLane[events.High]
				assert.Equal(t, uint64(199), dropped, "a hundred are queued, one is with the handler")
				close(release)
				pass(time.Second)

				assert.Equal(t, []events.GapCause{events.GapByOverflow}, r.episodes(t))
				g := r.settled()
				require.Len(t, g, 1)
				assert.Equal(t, dropped, uint64(g[0].Dropped), "counted = told")
				assert.Equal(t, dropped, uint64(g[0].Lost))
				assert.Equal(t, events.GapUnrepairable, g[0].Outcome)
				assert.Equal(t, events.High, g[0].Lane)
				s := m.Metrics().Snapshot()
				assert.Equal(t, s.Received, s.Handled+s.Dropped+s.Filtered+s.Duplicates)
				assert.Zero(t, s.Pending)
			})
		})
	}
}

// A message that was known, and had to leave a full lane, is not taken for
// delivered: it comes late, once.
func TestDedupeIsNotBeforeTheLane(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				release := make(chan struct{})
				var mux handlers.Mux
				handlers.On(&mux, func(context.Context, events.MessageAdded) error { <-release; return nil })
				mux.OnAny(r.event)
				m, _ := r.run(&mux, client.Options{
					Fallback:     fallback.Policy{Order: []fallback.Transport{only}},
					Subscription: subscription.To(events.TypeMessageAdded, events.TypeMessageFinalized),
					Lanes:        [3]client.Lane{{Events: 50}, {}, {}},
				})
				r.connected(m)
				pass(10 * time.Second)
				var ids []string
				for range 300 {
					id := r.node.AddMessage(refserver.AddOptions{})
					r.node.Finalize(id, false)
					ids = append(ids, id)
					synctest.Wait()
				}
				pass(50 * time.Second)
				assert.True(t, m.Health().OK())
				assert.Greater(t, m.Health().Owed, 400)
				assert.Zero(t, m.Metrics().Snapshot().Dropped)
				close(release)
				pass(2 * time.Minute)

				slices.Sort(ids)
				r.once(t, events.TypeMessageAdded, ids)
				r.once(t, events.TypeMessageFinalized, ids)
				r.orderly(t)
				g := r.settled()
				require.NotEmpty(t, g)
				repaired := 0
				for _, g := range g {
					assert.Equal(t, events.GapByOverflow, g.Cause)
					assert.Equal(t, events.GapRepaired, g.Outcome)
					assert.Equal(t, g.Dropped, g.Repaired)
					repaired += g.Repaired
				}
				s := m.Metrics().Snapshot()
				assert.Equal(t, s.Repair.Deferred, uint64(repaired))
				assert.Zero(t, s.Pending)
				assert.Zero(t, m.Health().Owed)
			})
		})
	}
}
