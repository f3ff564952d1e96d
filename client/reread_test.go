package client_test

import (
	"context"
	"strings"
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

// changeStates changes all states of a node that are compared.
func (r *rig) changeStates() { r.node.Finalize(r.node.AddMessage(refserver.AddOptions{}), false) }

// newest checks that what was told last of the tips and of the count is what the
// node shows.
func (r *rig) newest(t *testing.T) {
	t.Helper()
	seen := r.seen(events.TypeTipsUpdated)
	require.NotEmpty(t, seen)
	tips, err := events.Decode[events.TipsUpdated](seen[len(seen)-1])
	require.NoError(t, err)
	assert.ElementsMatch(t, r.node.Tips(), tips.Tips)
	seen = r.seen(events.TypeKCoreUpdated)
	require.NotEmpty(t, seen)
	kcore, err := events.Decode[events.KCoreUpdated](seen[len(seen)-1])
	require.NoError(t, err)
	assert.Len(t, r.node.Finals(), int(kcore.FinalizedCount))
}

// A state that changed while there was no connection is read again, for a server that
// tells of changes only does not say it any more.
func TestStatesAreReadAgainAfterAnOutage(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(by.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				m, _ := r.follow(client.Options{
					Fallback: only(by), Subscription: subscription.To(events.TypeTipsUpdated, events.TypeKCoreUpdated),
				})
				r.connected(m)
				r.changeStates()
				pass(20 * time.Second)
				r.newest(t)
				r.net.Refuse(address, true)
				r.net.Reset(address)
				r.changeStates()
				pass(20 * time.Second)
				r.net.Refuse(address, false)
				pass(90 * time.Second)
				r.newest(t)
				require.NotEmpty(t, r.settled())
				for _, g := range r.settled() {
					assert.Equal(t, events.GapReread, g.Outcome)
				}
			})
		})
	}
}

// A state that had to leave a full lane is followed by the newest one.
func TestAStateThatLeftItsLaneIsReadAgain(t *testing.T) {
	t.Parallel()
	known := append(events.GuideTypes(), events.TypeTransferRecorded)
	inBothDialects(t, refserver.Config{Known: known}, func(t *testing.T, r *rig) {
		release := make(chan struct{})
		var mux handlers.Mux
		mux.OnAny(func(ctx context.Context, env events.Envelope) error {
			if strings.Contains(string(env.Data), "block") {
				<-release
			}
			return r.event(ctx, env)
		})
		m, _ := r.run(&mux, client.Options{
			Subscription: subscription.To(events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeTransferRecorded),
			Lanes:        [3]client.Lane{{Events: 10}, {Events: 10}, {}},
		})
		r.connected(m)
		pass(20 * time.Second)
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Reason: "block"}))
		pass(time.Second)
		r.changeStates()
		for range 20 { // the tips leave their lane for these
			require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
			pass(10 * time.Millisecond)
		}
		require.NotZero(t, m.Metrics().Snapshot().DroppedByLane[events.High])
		close(release)
		pass(20 * time.Second)
		r.newest(t)
	})
}
