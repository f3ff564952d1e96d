package client_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
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

// A tale is what handlers were told, in order, as words: amounts of transfers, and
// gaps. They wait at the gate.
type tale struct {
	gate chan struct{}

	mu    sync.Mutex
	words []string
}

func newTale(mux *handlers.Mux) *tale {
	s := &tale{gate: make(chan struct{})}
	handlers.On(mux, func(_ context.Context, e events.TransferRecorded) error {
		<-s.gate
		s.tell(e.Amount)
		return nil
	})
	handlers.On(mux, func(_ context.Context, g events.Gap) error {
		s.tell(fmt.Sprintf("%s %s %d", g.Cause, g.Stage, g.Dropped))
		return nil
	})
	return s
}

func (s *tale) tell(word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words = append(s.words, word)
}

func (s *tale) told() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.words)
}

// amounts are the words of the transfers from first to last.
func amounts(first, last int) (words []string) {
	for n := first; n <= last; n++ {
		words = append(words, fmt.Sprint(n))
	}
	return words
}

// narrow are the options of one who wants transfers, in a lane of four.
func narrow(o client.Overflow, t ...fallback.Transport) client.Options {
	opts := client.Options{Fallback: only(t...), Subscription: subscription.To(events.TypeTransferRecorded)}
	opts.Lanes[0] = client.Lane{Events: 4, Overflow: o}
	return opts
}

// addsUp checks that every event that was received has met one fate.
func addsUp(t *testing.T, m *client.ConnectionManager) {
	t.Helper()
	s := m.Metrics().Snapshot()
	assert.Zero(t, s.Pending)
	assert.Equal(t, s.Received, s.Handled+s.Dropped+s.Coalesced+s.Filtered+s.Duplicates)
}

func TestWhatArrivesByEachPolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy             client.Overflow
		want               []string
		dropped, coalesced uint64
	}{
		{client.DropOldest, slices.Concat(
			[]string{"1", "overflow opened 0"}, amounts(17, 20), []string{"overflow closed 15", "overflow settled 15"}), 15, 0},
		{client.DropNewest, slices.Concat(
			amounts(1, 5), []string{"overflow opened 0", "overflow closed 15", "overflow settled 15"}), 15, 0},
		{client.CoalesceLatest, []string{"1", "20"}, 0, 18},
		{client.Block, amounts(1, 20), 0, 0},
	} {
		t.Run(c.policy.String(), func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				s := newTale(&mux)
				m, stop := r.run(&mux, narrow(c.policy, fallback.WebSocket))
				r.connected(m)
				for n := range 20 {
					require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: fmt.Sprint(n + 1)}))
					synctest.Wait()
				}
				close(s.gate)
				pass(10 * time.Second)
				assert.Equal(t, c.want, s.told())
				snap := m.Metrics().Snapshot()
				assert.Equal(t, c.dropped, snap.DroppedByLane[events.High])
				assert.Equal(t, c.coalesced, snap.CoalescedByLane[events.High])
				assert.Equal(t, min(c.dropped, 1), snap.Gaps["overflow"], "one of the episode")
				requireCanceled(t, stop())
				addsUp(t, m)
			})
		})
	}
}

// Two floods are two episodes.
func TestEachEpisodeIsAGap(t *testing.T) {
	t.Parallel()
	for _, policy := range []client.Overflow{client.DropOldest, client.DropNewest} {
		t.Run(policy.String(), func(t *testing.T) {
			inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				handlers.On(&mux, takes[events.TransferRecorded](time.Second))
				mux.OnAny(r.event)
				m, stop := r.run(&mux, narrow(policy, fallback.WebSocket))
				r.connected(m)
				for range 2 {
					r.transfers(20)
					pass(30 * time.Second)
				}
				requireCanceled(t, stop())
				assert.Equal(t, []events.GapCause{events.GapByOverflow, events.GapByOverflow}, r.episodes(t))
				lost := 0
				for _, g := range r.settled() {
					lost += g.Lost
				}
				assert.Equal(t, m.Metrics().Snapshot().Dropped, uint64(lost))
				addsUp(t, m)
			})
		})
	}
}

// Whatever the policy, no fact is lost: it comes late, once, and a finalization never
// before its message.
func TestFactsComeLateByEachPolicy(t *testing.T) {
	t.Parallel()
	for _, policy := range []client.Overflow{client.DropOldest, client.DropNewest, client.CoalesceLatest, client.Block} {
		t.Run(policy.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				handlers.On(&mux, takes[events.MessageAdded](100*time.Millisecond))
				mux.OnAny(r.event)
				opts := narrow(policy, fallback.WebSocket)
				opts.Subscription = subscription.To(events.TypeMessageAdded, events.TypeMessageFinalized, events.TypeTipsUpdated)
				m, stop := r.run(&mux, opts)
				r.connected(m)
				var ids []string
				for range 40 {
					ids = append(ids, r.node.AddMessage(refserver.AddOptions{}))
				}
				for _, id := range ids {
					require.True(t, r.node.Finalize(id, false))
				}
				pass(10 * time.Second) // who blocks has not received them all at once
				require.NoError(t, m.Sync(t.Context()))
				slices.Sort(ids)
				r.once(t, events.TypeMessageAdded, ids)
				r.once(t, events.TypeMessageFinalized, ids)
				r.orderly(t)
				assert.Equal(t, policy != client.Block, m.Metrics().Snapshot().Repair.Deferred > 0)
				assert.Zero(t, m.Health().Owed)
				requireCanceled(t, stop())
				addsUp(t, m)
			})
		})
	}
}

func TestMistakesInLanesAreNamed(t *testing.T) {
	t.Parallel()
	_, err := client.New("http://node", nil, &client.Options{
		Lanes: [3]client.Lane{{Events: -1}, {Bytes: -2}, {Overflow: client.Block + 1}}, Aging: -time.Second,
	})
	var mistakes *client.ConfigError
	require.ErrorAs(t, err, &mistakes)
	assert.Len(t, mistakes.Mistakes, 4)
	for _, want := range []string{
		"option Lanes[0].Events is -1; want a positive number, or 0 for 1000",
		"option Lanes[1].Bytes is -2; want a positive number, or 0 for 67108864",
		"option Lanes[2].Overflow is 4; want DropOldest, DropNewest, CoalesceLatest or Block",
		"option Aging is -1s; want a positive duration, or 0 for strict priority",
	} {
		assert.ErrorContains(t, err, want)
	}
}
