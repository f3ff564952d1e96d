package backfill_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// History is not handed on; what comes after the connect is, once, on a stream
// within a beat and a pass.
func TestMessages(t *testing.T) {
	for _, mode := range []backfill.Mode{backfill.Stream, backfill.Polling} {
		test(t, options{}, func(t *testing.T, r *rig) {
			for range 30 {
				r.add()
				wait(time.Second)
			}
			r.follow(mode)
			r.beats(6 * time.Second)
			added, _ := r.got()
			assert.Empty(t, added)
			wait(time.Second)
			id := r.add()
			if mode == backfill.Stream {
				r.beats(6 * time.Second)
			} else {
				r.polls(1)
			}
			r.beats(30 * time.Second)
			added, _ = r.got()
			assert.Equal(t, []string{id}, added)
			assert.True(t, r.books.Figures().Complete)
			assert.Empty(t, r.noted(backfill.Failed))
		})
	}
}

// An empty DAG is a beginning, too.
func TestEmptyDAG(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		r.beats(3 * time.Second)
		assert.Equal(t, []string{"/v1/tips"}, r.look())
		assert.True(t, r.books.Figures().Complete)
		id := r.add()
		r.beats(6 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
	})
}

// What arrives with an old timestamp is behind the anchor, where since is blind:
// the walk from the tips finds it, through its children if it has some.
func TestLateArrival(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		var before []string
		for range 24 {
			before = append(before, r.add())
			r.beats(3 * time.Second)
		}
		alone := r.node.AddMessage(ago(40 * time.Second))
		grandparent := r.node.AddMessage(ago(45 * time.Second))
		parent := r.node.AddMessage(ago(50*time.Second, grandparent))
		child := r.node.AddMessage(ago(time.Second, parent, alone))
		history := r.node.AddMessage(ago(30 * time.Minute))
		r.beats(9 * time.Second)
		added, _ := r.got()
		assert.ElementsMatch(t, []string{alone, grandparent, parent, child}, added[len(before):])
		assert.Less(t, slices.Index(added, grandparent), slices.Index(added, parent), "parents first, whatever their clocks say")
		assert.Less(t, slices.Index(added, parent), slices.Index(added, child))
		r.beats(time.Minute)
		added, _ = r.got()
		assert.Len(t, added, len(before)+4)
		assert.NotContains(t, added, history, "below the horizon")
		assert.EqualValues(t, 1, r.books.Figures().Late)
	})
}

// More messages in one millisecond than fit on a page do not hold the reader up.
func TestTies(t *testing.T) {
	for _, n := range []int{500, 1001} {
		test(t, options{}, func(t *testing.T, r *rig) {
			first := r.add()
			r.follow(backfill.Stream, events.TypeMessageAdded)
			r.beats(21 * time.Second)
			var all []string
			for range n {
				all = append(all, r.node.AddMessage(refserver.AddOptions{Parents: []string{first}}))
			}
			r.beats(30 * time.Second)
			added, _ := r.got()
			assert.True(t, same(all, added), "%d of %d", len(added), n)
			later := r.add()
			r.beats(9 * time.Second)
			added, _ = r.got()
			assert.Contains(t, added, later)
			assert.Len(t, added, n+1)
		})
	}
}

// The messages of a millisecond of which a node does not give all are found from
// the tips, also where no beat names them.
func TestTiesWithoutBeats(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		first := r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		wait(2 * time.Minute)
		var all []string
		for range 1100 {
			all = append(all, r.node.AddMessage(refserver.AddOptions{Parents: []string{first}}))
		}
		r.loop.Sign()
		wait(10 * time.Second)
		added, _ := r.got()
		assert.True(t, same(all, added), "%d of %d", len(added), len(all))
	})
}

// An outage is read from its beginning, and each message once, in order.
func TestOutage(t *testing.T) {
	for _, n := range []int{2200, 12_000} {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.add()
			r.follow(backfill.Stream, events.TypeMessageAdded)
			r.beats(21 * time.Second)
			r.pause()
			r.look()
			var all []string
			for range n {
				wait(100 * time.Millisecond)
				all = append(all, r.add())
			}
			assert.Empty(t, r.look(), "nothing is asked meanwhile")
			r.follow(backfill.Stream, events.TypeMessageAdded)
			wait(time.Minute)
			added, _ := r.got()
			assert.True(t, slices.Equal(all, added), "in order: %d of %d", len(added), len(all))
			assert.LessOrEqual(t, asks(r.look(), ""), 10+n/500)
			assert.Empty(t, r.noted(backfill.History))
			assert.Empty(t, r.noted(backfill.Unannounced), "nobody could announce them")
		})
	}
}

// Facts that the stream handed on are not handed on again; those that it did not
// announce are, and that it does not is told once.
func TestHalfAnnounced(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		var silent []string
		for n := range 100 {
			id := r.add()
			if n%2 == 0 {
				assert.True(t, r.books.Added(id, time.Now()))
				r.loop.Sign()
			} else {
				silent = append(silent, id)
			}
			r.beats(3 * time.Second)
		}
		r.beats(6 * time.Second)
		added, _ := r.got()
		assert.True(t, same(silent, added), "%d of %d", len(added), len(silent))
		require.Len(t, r.noted(backfill.Unannounced), 1)
		assert.Equal(t, 1, r.noted(backfill.Unannounced)[0].N)
	})
}

// What is announced a little after REST shows it is no silence.
func TestAnnouncedLate(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeMessageAdded)
		for range 30 {
			id := r.add()
			r.loop.Sign()
			wait(3 * time.Second)
			assert.False(t, r.books.Added(id, time.Now()))
		}
		assert.Empty(t, r.noted(backfill.Unannounced))
	})
}

// A proposer whose clock is a year ahead is never the anchor: it would hide all
// that comes.
func TestFastClock(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		first := r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		r.beats(21 * time.Second)
		fast := r.node.AddMessage(ago(-365*24*time.Hour, first))
		r.beats(21 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{fast}, added)
		all := []string{fast}
		for range 50 {
			wait(time.Second)
			all = append(all, r.node.AddMessage(refserver.AddOptions{Parents: []string{first}}))
		}
		r.beats(21 * time.Second)
		added, _ = r.got()
		assert.Equal(t, all, added)
	})
}

// A parent that the server does not have ends in a question a minute.
func TestPrunedParent(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeMessageAdded)
		r.beats(6 * time.Second)
		gone := r.add()
		child := r.node.AddMessage(refserver.AddOptions{Parents: []string{gone}, At: time.Now().Add(time.Millisecond)})
		r.node.DropMessage(gone)
		r.beats(30 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{child}, added)
		assert.False(t, r.books.Figures().Complete)
		for range 4 {
			r.loop.Sign()
			wait(3 * time.Second)
		}
		assert.True(t, r.books.Figures().Complete)
		assert.Equal(t, 1, r.books.Figures().Absent)
		r.look()
		r.beats(2 * time.Minute)
		assert.LessOrEqual(t, asks(r.look(), "bulk"), 2, "two minutes: with the anchor")
	})
}

// Many tips and a deep past are no flood.
func TestLargeDAG(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		root := r.add()
		for range 600 {
			r.node.AddMessage(refserver.AddOptions{Parents: []string{root}})
		}
		chain := root
		for range 200 {
			wait(200 * time.Millisecond)
			chain = r.node.AddMessage(refserver.AddOptions{Parents: []string{chain}})
		}
		r.follow(backfill.Stream, events.TypeMessageAdded)
		wait(time.Second)
		id := r.node.AddMessage(refserver.AddOptions{Parents: []string{chain}})
		r.beats(30 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
		late := r.node.AddMessage(ago(20 * time.Second))
		r.beats(time.Minute)
		added, _ = r.got()
		assert.Equal(t, []string{id, late}, added)
	})
}

// Without since the walk alone finds everything, without bulk it goes step by
// step, and the other way round.
func TestHalfOfTheEndpoints(t *testing.T) {
	for _, gone := range [][]string{{"/messages/since/"}, {"/messages/bulk"}, {"/messages/since/", "/messages/bulk"}} {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.refuse(http.StatusNotFound, gone...)
			r.add()
			r.follow(backfill.Stream, events.TypeMessageAdded)
			wait(time.Minute)
			var all []string
			for range 10 {
				wait(500 * time.Millisecond)
				all = append(all, r.add(), r.node.AddMessage(ago(20*time.Second)))
				r.beats(3 * time.Second)
			}
			r.beats(2 * time.Minute)
			added, _ := r.got()
			assert.ElementsMatch(t, all, added, "%v", gone)
			assert.Len(t, r.noted(backfill.Failed), len(gone), "each is told once")
		})
	}
}

// A server that loses since while a pass reads it is followed by its tips.
func TestSinceVanishes(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		wait(2 * time.Minute)
		id := r.add()
		r.refuse(http.StatusNotFound, "since")
		r.look()
		r.loop.Sign()
		wait(time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
		assert.Equal(t, []string{"/v1/messages/since/*", "/messages/since/*", "/v1/tips", "/v1/messages/bulk"}, r.look())
	})
}

// A server that has no tips can be followed from an anchor on.
func TestNoTips(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		r.beats(21 * time.Second)
		r.refuse(http.StatusNotFound, "/tips")
		id := r.add()
		wait(time.Minute)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
		wait(2 * time.Minute)
		got, _, _ := r.books.Anchor()
		assert.Equal(t, id, got, "passes end without the tips")
	})
}

// A server without any way to read single messages is followed by since alone.
func TestNoMessages(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		first := r.add()
		wait(time.Minute)
		r.follow(backfill.Stream, events.TypeMessageAdded)
		r.beats(6 * time.Second)
		got, _, _ := r.books.Anchor()
		require.Equal(t, first, got)
		r.answer(func(w http.ResponseWriter, q *http.Request) bool {
			if !strings.Contains(q.URL.Path, "/messages/") || strings.Contains(q.URL.Path, "since") {
				return false
			}
			w.WriteHeader(http.StatusNotFound)
			return true
		})
		var all []string
		for range 10 {
			all = append(all, r.add())
			r.beats(6 * time.Second)
		}
		added, _ := r.got()
		assert.Equal(t, all, added)
	})
}

// A chain that grows while it is walked back is found whole.
func TestChainFromNothing(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeMessageAdded)
		r.beats(6 * time.Second)
		var chain []string
		for n := range 1000 {
			wait(100 * time.Millisecond)
			parents := chain[max(0, len(chain)-1):]
			chain = append(chain, r.node.AddMessage(refserver.AddOptions{Parents: append([]string{}, parents...)}))
			if n%100 == 99 {
				r.beats(3 * time.Second)
			}
		}
		r.beats(21 * time.Second)
		added, _ := r.got()
		assert.True(t, same(chain, added), "%d of %d", len(added), len(chain))
	})
}

// What nobody wants is not handed on, and not asked for.
func TestOnlyWanted(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeTipsUpdated, events.TypeTransferRecorded)
		r.beats(2 * time.Minute)
		assert.Empty(t, r.look())

		r.loop.Follow(backfill.Stream, []events.Type{events.TypeMessageFinalized})
		r.books.Want(false, true)
		r.beats(6 * time.Second)
		id := r.add()
		r.node.Finalize(id, true)
		r.beats(30 * time.Second)
		added, final := r.got()
		assert.Empty(t, added)
		assert.Equal(t, []string{id}, final)
	})
}

// Handing on waits for room, and nothing gets lost meanwhile; the end of the run
// ends the wait.
func TestBackPressure(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream)
		r.beats(6 * time.Second)
		room := make(chan struct{})
		r.mu.Lock()
		r.block = room
		r.mu.Unlock()
		all := []string{r.add()}
		r.beats(6 * time.Second)
		r.look()
		for range 10 {
			all = append(all, r.add())
			r.beats(6 * time.Second)
		}
		assert.Empty(t, r.look())
		assert.Empty(t, r.noted(backfill.Ended)[1:], "it has not been handed on")
		r.pause()
		r.follow(backfill.Stream)
		close(room)
		r.beats(9 * time.Second)
		added, _ := r.got()
		assert.True(t, same(all, added), "%d of %d", len(added), len(all))

		r.mu.Lock()
		r.block = make(chan struct{})
		r.mu.Unlock()
		r.add()
		r.beats(6 * time.Second)
		from := time.Now()
		r.end()
		assert.Zero(t, time.Since(from))
	})
}

// A pause cuts a question off, and its answer does not count.
func TestPause(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream)
		r.beats(6 * time.Second)
		r.breaks(func(q *http.Request) error { <-q.Context().Done(); return q.Context().Err() })
		id := r.add()
		r.loop.Sign()
		wait(time.Second)
		r.pause()
		r.breaks(nil)
		r.look()
		r.loop.Sign()
		r.loop.Hole()
		r.loop.Tips([]byte(`{"tips":["` + id + `"]}`))
		wait(10 * time.Minute)
		assert.Empty(t, r.look())
		assert.Empty(t, r.noted(backfill.Failed))
		r.follow(backfill.Stream)
		wait(time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
	})
}

// Tips that cannot be read are none.
func TestBadTips(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		wait(time.Second)
		r.look()
		for _, payload := range []string{"", "null", "{", `{"tips":7}`, `{"tips":[""]}`, `{"tips":["` + strings.Repeat("a", 257) + `"]}`} {
			r.loop.Tips([]byte(payload))
			wait(6 * time.Second)
		}
		assert.Empty(t, r.look())
		r.loop.Tips([]byte(`{"tips":["a"]}`))
		wait(time.Second)
		assert.NotEmpty(t, r.look())
	})
}

// The end of the run ends a question.
func TestEnd(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.breaks(func(q *http.Request) error { <-q.Context().Done(); return context.Canceled })
		r.follow(backfill.Stream)
		wait(time.Second)
		from := time.Now()
		r.end()
		assert.Zero(t, time.Since(from))
		assert.Empty(t, r.noted(backfill.Failed))
	})
}
