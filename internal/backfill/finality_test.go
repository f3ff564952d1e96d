package backfill_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/subscription/events"
)

// Finalizations that nobody announces are found when the count rises: own ones by
// the deposits' hint, those of peers by asking, each after its message and once.
func TestFinality(t *testing.T) {
	for _, mode := range []backfill.Mode{backfill.Stream, backfill.Polling} {
		test(t, options{}, func(t *testing.T, r *rig) {
			more := func() {
				if mode == backfill.Stream {
					r.beats(6 * time.Second)
				} else {
					r.polls(1)
				}
			}
			r.add()
			r.follow(mode)
			more()
			var all []string
			for n := range 40 {
				wait(time.Second)
				all = append(all, r.node.AddMessage(refserver.AddOptions{Peer: n%2 == 0}))
				if n > 10 {
					r.node.Finalize(all[n-10], true)
				}
				if n%5 == 4 {
					more()
				}
			}
			for range 12 {
				more()
			}
			added, final := r.got()
			assert.True(t, same(r.node.Finals(), final), "%d of %d", len(final), len(r.node.Finals()))
			assert.True(t, same(all, added))
			assert.LessOrEqual(t, asks(r.look(), ""), 250, "requests in two minutes")
		})
	}
}

// A message that is final when it is found is added first.
func TestFinalAtOnce(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		r.beats(9 * time.Second)
		id := r.add()
		r.node.FinalizeHomology(id)
		r.beats(30 * time.Second)
		added, final := r.got()
		assert.Equal(t, []string{id}, added)
		assert.Equal(t, []string{id}, final)
	})
}

// Messages from before the first connect are not told, but that they are final is,
// of those above the horizon, whenever they became it.
func TestFinalityOfHistory(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		var ids []string
		for n := range 11 {
			wait(5 * time.Second)
			ids = append(ids, r.add())
			if n < 8 {
				r.node.Finalize(ids[n], true)
			}
		}
		r.follow(backfill.Stream)
		r.beats(time.Minute)
		added, final := r.got()
		assert.Empty(t, added)
		assert.ElementsMatch(t, ids[:8], final)
		r.node.Finalize(ids[9], true)
		r.node.Finalize(ids[10], true)
		r.beats(30 * time.Second)
		added, final = r.got()
		assert.ElementsMatch(t, append(ids[:8:8], ids[9], ids[10]), final)
		assert.Empty(t, added)
	})
}

// A count that rises for what the server does not have, a peer's artifacts, ends
// in no storm.
func TestUnexplained(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		for range 30 {
			r.add()
		}
		gone := r.node.AddMessage(refserver.AddOptions{Peer: true})
		r.follow(backfill.Stream, events.TypeMessageFinalized)
		r.beats(2 * time.Minute)
		r.node.Finalize(gone, true)
		r.node.DropMessage(gone)
		r.beats(2 * time.Minute)
		r.look()
		r.beats(5 * time.Minute)
		assert.LessOrEqual(t, asks(r.look(), "/v1/finality/*"), 15, "three a minute")
	})
}

// A node that is restarted counts anew; what becomes final again is told once.
func TestCountFalls(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		r.beats(6 * time.Second)
		first, second := r.add(), r.add()
		r.node.Finalize(first, true)
		r.beats(30 * time.Second)
		_, final := r.got()
		assert.Equal(t, []string{first}, final)
		r.node.Restart()
		r.beats(30 * time.Second)
		r.node.Finalize(first, true)
		r.node.Finalize(second, true)
		r.beats(time.Minute)
		_, final = r.got()
		assert.Equal(t, []string{first, second}, final)
	})
}

// Where no beat tells the count, the full pass reads it.
func TestCountWithoutBeats(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		wait(90 * time.Second)
		var all []string
		for n := range 20 {
			all = append(all, r.node.AddMessage(refserver.AddOptions{Peer: n%2 == 0}))
			wait(time.Second)
		}
		wait(time.Minute)
		for _, id := range all {
			r.node.Finalize(id, true)
		}
		wait(2 * time.Minute)
		_, final := r.got()
		assert.ElementsMatch(t, all, final)
		r.look()
		r.beats(5 * time.Minute)
		assert.LessOrEqual(t, asks(r.look(), "kcore"), 1, "beats tell it")
	})
}

// Without the count the slow sweep finds what is final.
func TestNoCount(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.refuse(http.StatusNotFound, "kcore")
		r.follow(backfill.Stream)
		wait(2 * time.Minute)
		own := r.add()
		peers := r.node.AddMessage(refserver.AddOptions{Peer: true})
		r.node.Finalize(own, true)
		r.node.Finalize(peers, true)
		wait(3 * time.Minute)
		_, final := r.got()
		assert.ElementsMatch(t, []string{own, peers}, final)
	})
}

// A server that knows nothing about an id says 404: that is no answer. One that
// says so of all of them has no such answers at all.
func TestFinality404(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		r.beats(6 * time.Second)
		id := r.node.AddMessage(refserver.AddOptions{Peer: true})
		r.node.Finalize(id, true)
		r.refuse(http.StatusNotFound, "/finality/"+id)
		r.beats(9 * time.Second)
		added, final := r.got()
		assert.Equal(t, []string{id}, added)
		assert.Empty(t, final)
		r.answer(nil)
		r.beats(3 * time.Minute)
		_, final = r.got()
		assert.Equal(t, []string{id}, final)
		assert.Empty(t, r.noted(backfill.Failed))

		for range 20 {
			r.add()
		}
		r.refuse(http.StatusNotFound, "/v1/finality/")
		r.beats(time.Minute)
		r.look()
		r.beats(5 * time.Minute)
		assert.LessOrEqual(t, asks(r.look(), "/v1/finality/"), 5*3)
		assert.Len(t, r.noted(backfill.Failed), 1, "told once")
	})
}

// A busy node: deposits hint, and the budget is kept.
func TestBusy(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Polling)
		r.polls(1)
		r.look()
		var all []string
		for range 24 {
			for range 6 { // 72 a minute
				wait(800 * time.Millisecond)
				all = append(all, r.add())
			}
			for n := range all {
				if n < len(all)-ledger.K && n%2 == 0 {
					r.node.Finalize(all[n], true)
				}
			}
			r.polls(1)
		}
		assert.LessOrEqual(t, asks(r.look(), ""), 480, "four minutes")
		r.polls(12)
		added, final := r.got()
		assert.True(t, same(all, added))
		assert.True(t, same(r.node.Finals(), final), "%d of %d", len(final), len(r.node.Finals()))
	})
}

// A question about finality, or about the deposits, that fails is asked again
// later, and keeps nothing else.
func TestFinalityFails(t *testing.T) {
	for _, path := range []string{"deposits", "/finality/"} {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.follow(backfill.Stream)
			r.beats(6 * time.Second)
			id := r.add()
			r.answer(func(w http.ResponseWriter, q *http.Request) bool {
				if !strings.Contains(q.URL.Path, path) || strings.Contains(q.URL.Path, "kcore") {
					return false
				}
				w.WriteHeader(http.StatusInternalServerError)
				return true
			})
			r.node.Finalize(id, true)
			r.beats(9 * time.Second)
			later := r.add()
			r.node.Finalize(later, true)
			r.beats(2 * time.Minute)
			added, _ := r.got()
			assert.Equal(t, []string{id, later}, added)
			assert.NotEmpty(t, r.noted(backfill.Failed), path)
			assert.LessOrEqual(t, len(r.noted(backfill.Failed)), 8, path)
			r.answer(nil)
			r.beats(2 * time.Minute)
			_, final := r.got()
			assert.ElementsMatch(t, []string{id, later}, final, path)
		})
	}
}
