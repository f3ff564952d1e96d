package backfill_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

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
		wait(4 * time.Second)
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
