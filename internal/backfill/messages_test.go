package backfill_test

import (
	"slices"
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
		r.follow(backfill.Stream, events.TypeMessageAdded)
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
			wait(2 * time.Second)
			r.books.Added(id, time.Now())
			wait(time.Second)
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

// ago is a message of the past, from a peer, on given parents.
func ago(d time.Duration, parents ...string) refserver.AddOptions {
	if parents == nil {
		parents = []string{}
	}
	return refserver.AddOptions{Peer: true, Parents: parents, At: time.Now().Add(-d)}
}

// same reports whether two lists have the same elements.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
