package backfill_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// Nothing new and no such anchor look alike: the anchor is proved once a minute,
// and replaced.
func TestAnchorPruned(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeMessageAdded)
		first := r.add()
		r.beats(time.Minute)
		second := r.add()
		r.beats(time.Minute)
		r.loop.Sign()
		wait(4 * time.Second)
		id, _, ok := r.books.Anchor()
		require.True(t, ok)
		require.Equal(t, second, id)

		require.True(t, r.node.DropMessage(second))
		wait(2 * time.Minute)
		id, _, _ = r.books.Anchor()
		assert.Equal(t, first, id, "the newest that the server knows")
		third := r.node.AddMessage(refserver.AddOptions{Parents: []string{first}})
		r.loop.Sign()
		wait(4 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{first, second, third}, added)
		assert.Empty(t, r.noted(backfill.History))
	})
}

// A server that has none of the messages that it had before a re-connect has
// another history. That is told once, and what it has is found.
func TestAnotherHistory(t *testing.T) {
	for name, without := range map[string]string{"a node": "", "without bulk": "bulk"} {
		t.Run(name, func(t *testing.T) {
			test(t, options{}, func(t *testing.T, r *rig) {
				if without != "" {
					r.refuse(http.StatusNotFound, without)
				}
				r.follow(backfill.Stream, events.TypeMessageAdded)
				for range 20 {
					r.add()
					r.beats(3 * time.Second)
				}
				before, _ := r.got()
				r.node.NewHistory(99)
				wait(2 * time.Minute)
				assert.Empty(t, r.noted(backfill.History), "there was no re-connect")
				r.pause()
				r.node.NewHistory(100)
				other := r.add()
				wait(time.Second)
				r.loop.Follow(backfill.Stream, []events.Type{events.TypeMessageAdded})
				r.beats(3 * time.Minute)
				added, _ := r.got()
				assert.Equal(t, append(before, other), added)

				r.node.NewHistory(101)
				r.pause()
				r.follow(backfill.Stream, events.TypeMessageAdded)
				r.beats(3 * time.Minute)
				if without != "" {
					assert.Empty(t, r.noted(backfill.History))
				} else {
					assert.Len(t, r.noted(backfill.History), 1)
				}
			})
		})
	}
}

// Before the first message there is nothing to prove.
func TestNothingToProve(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		wait(time.Second)
		r.pause()
		r.follow(backfill.Stream)
		wait(10 * time.Minute)
		assert.Zero(t, asks(r.look(), "bulk"))
		assert.Empty(t, r.noted(backfill.History))
	})
}
