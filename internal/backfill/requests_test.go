package backfill_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// On a stream on which nothing happens a minute costs few requests, beats or not.
func TestIdle(t *testing.T) {
	facts := append(slices.Clone(states), events.TypeMessageAdded, events.TypeMessageFinalized)
	for _, beats := range []bool{true, false} {
		for most, types := range map[int][]events.Type{
			7:  facts,
			10: append(slices.Clip(facts), events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated),
		} {
			test(t, options{}, func(t *testing.T, r *rig) {
				for range 10 {
					r.add() // and never final
				}
				r.follow(backfill.Stream, types...)
				pass := wait
				if beats {
					pass = r.beats
				}
				pass(5 * time.Minute)
				r.look()
				pass(60 * time.Minute)
				asked := r.look()
				each := float64(len(asked)) / 60
				t.Logf("%d types, beats %t: %.2f requests a minute", len(types), beats, each)
				assert.LessOrEqual(t, each, float64(most))
				for _, path := range []string{"/status", "/health", "/statistics", "/range"} {
					assert.Zero(t, asks(asked, path))
				}
			})
		}
	}
}

// While messages arrive, passes cost 40 requests a minute at most, and messages
// are found within 7 s, finalizations within 30 s.
func TestFlow(t *testing.T) {
	test(t, options{node: refserver.Config{Seed: 1}}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		r.beats(30 * time.Second)
		r.look()
		var all []string
		const minutes = 10
		for n := range minutes * 20 {
			for range 3 {
				all = append(all, r.add())
				wait(time.Second)
			}
			if n > 5 && n%2 == 0 {
				r.node.Finalize(all[len(all)-12], true)
			}
			r.tell(n)
		}
		asked := r.look()
		passes := asks(asked, "tips") + asks(asked, "since") + asks(asked, "bulk")
		t.Logf("60 messages a minute: %d requests a minute, %d of passes", len(asked)/minutes, passes/minutes)
		assert.LessOrEqual(t, passes/minutes, 40)
		assert.LessOrEqual(t, len(asked)/minutes, 60)
		added, final := r.got()
		assert.GreaterOrEqual(t, len(added), len(all)-7)
		assert.GreaterOrEqual(t, len(final), len(r.node.Finals())-5)
		r.beats(30 * time.Second)
		added, final = r.got()
		assert.True(t, same(all, added))
		assert.True(t, same(r.node.Finals(), final))
	})
}

// tell lets the beats of one moment come.
func (r *rig) tell(n int) {
	quoted := make([]string, 0)
	for _, id := range r.node.Tips() {
		quoted = append(quoted, fmt.Sprintf("%q", id))
	}
	r.loop.Tips([]byte(`{"tips":[` + strings.Join(quoted, ",") + `]}`))
	if n%2 == 0 {
		r.loop.Live(events.TypeKCoreUpdated)
		r.books.Counted(time.Now(), uint64(len(r.node.Finals())))
	}
}

// With few requests a minute everything comes, late, and within the budget.
func TestFewRequests(t *testing.T) {
	for _, requests := range []int{2, 5, 12} {
		test(t, options{requests: requests}, func(t *testing.T, r *rig) {
			for range 30 {
				id := r.add()
				r.node.Finalize(id, true)
				wait(time.Second)
			}
			from := time.Now()
			old := len(r.node.Finals())
			r.follow(backfill.Stream)
			r.beats(5 * time.Minute)
			var all []string
			for n := range 12 {
				all = append(all, r.node.AddMessage(refserver.AddOptions{Peer: n%3 == 0}))
				r.beats(9 * time.Second)
				if n%2 == 0 {
					r.node.Finalize(all[n], true)
				}
			}
			r.beats(300 * time.Minute / time.Duration(requests))
			added, final := r.got()
			assert.ElementsMatch(t, all, added, "%d requests", requests)
			for _, id := range r.node.Finals()[old:] {
				assert.Contains(t, final, id, "%d requests", requests)
			}
			assert.NotEmpty(t, r.read(), "states, too")
			minutes := time.Since(from).Minutes()
			assert.LessOrEqual(t, float64(asks(r.look(), "")), float64(requests)*(minutes+1), "in %.1f minutes", minutes)
		})
	}
}

// A pass never waits behind many questions about finality.
func TestPassGoesFirst(t *testing.T) {
	test(t, options{requests: 600}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		r.beats(30 * time.Second)
		for range 300 {
			r.add()
		}
		r.beats(12 * time.Second)
		r.books.Counted(time.Now(), 7) // for nothing that can be found
		r.books.Counted(time.Now(), 7)
		r.look()
		id := r.add()
		r.loop.Sign()
		wait(3 * time.Second)
		added, _ := r.got()
		assert.Contains(t, added, id)
		assert.Greater(t, asks(r.look(), "/v1/finality/*"), 20)
	})
}
