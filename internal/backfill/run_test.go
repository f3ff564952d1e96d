package backfill_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/subscription/events"
)

// What nobody wants is not handed on, and not asked for.
func TestOnlyWanted(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeTipsUpdated, events.TypeTransferRecorded)
		r.beats(10 * time.Minute)
		assert.Equal(t, []string{"/v1/tips"}, r.look(), "what they were on connecting")

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
		ended := len(r.noted(backfill.Ended))
		require.NotZero(t, ended)
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
		assert.Equal(t, ended, len(r.noted(backfill.Ended)), "it has not been handed on")
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
