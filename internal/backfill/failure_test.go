package backfill_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// A server without REST is asked for a pass a minute, and told of once for each
// kind of question.
func TestNoREST(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.refuse(http.StatusNotFound, "")
		r.follow(backfill.Stream)
		r.beats(5 * time.Minute)
		r.look()
		for range 100 {
			r.loop.Sign()
			r.books.Added(r.add(), time.Now())
			r.beats(3 * time.Second)
		}
		asked := r.look()
		assert.LessOrEqual(t, asks(asked, "tips"), 2*6)
		assert.LessOrEqual(t, asks(asked, ""), 5*12)
		assert.LessOrEqual(t, len(r.noted(backfill.Failed)), 9)
		assert.Empty(t, r.noted(backfill.Ended))
		assert.False(t, r.books.Figures().Complete)
		r.answer(nil)
		wait(2 * time.Minute)
		assert.True(t, r.books.Figures().Complete)
	})
}

// Whatever a question of a pass fails with, the pass is made again later and later,
// and what it found before is handed on once.
func TestPassFails(t *testing.T) {
	reset := errors.New("reset")
	faults := map[string]func(r *rig, path string){
		"status": func(r *rig, path string) { r.refuse(http.StatusInternalServerError, path) },
		"reset": func(r *rig, path string) {
			r.breaks(func(q *http.Request) error {
				if strings.Contains(q.URL.Path, path) {
					return reset
				}
				return nil
			})
		},
		"garbage": func(r *rig, path string) {
			r.answer(func(w http.ResponseWriter, q *http.Request) bool {
				if !strings.Contains(q.URL.Path, path) {
					return false
				}
				_, _ = w.Write([]byte(`{"messages":[{"id":"x"`))
				return true
			})
		},
	}
	for name, fault := range faults {
		for _, path := range []string{"/tips", "since", "bulk"} {
			t.Run(name+" "+path, func(t *testing.T) {
				test(t, options{}, func(t *testing.T, r *rig) {
					r.follow(backfill.Stream, events.TypeMessageAdded)
					r.add()
					r.beats(90 * time.Second)
					all, _ := r.got()
					require.Len(t, all, 1)
					fault(r, path)
					r.loop.Hole()
					r.look()
					for range 20 {
						all = append(all, r.add())
						r.beats(15 * time.Second)
					}
					failed := r.noted(backfill.Failed)
					assert.GreaterOrEqual(t, len(failed), 8)
					assert.LessOrEqual(t, len(failed), 9)
					require.Error(t, failed[0].Err)
					assert.LessOrEqual(t, asks(r.look(), ""), 3*9)
					assert.False(t, r.books.Figures().Complete)
					r.answer(nil)
					r.breaks(nil)
					r.beats(66 * time.Second)
					added, _ := r.got()
					assert.Equal(t, all, added)
					assert.True(t, r.books.Figures().Complete)
				})
			})
		}
	}
}

// A page that fails costs the pass, not what came before it.
func TestPageFails(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		r.beats(21 * time.Second)
		r.pause()
		var all []string
		for range 700 {
			wait(100 * time.Millisecond)
			all = append(all, r.add())
		}
		var pages atomic.Int32
		r.answer(func(w http.ResponseWriter, q *http.Request) bool {
			if !strings.Contains(q.URL.Path, "since") {
				return false
			}
			if pages.Add(1) != 2 {
				return false
			}
			w.WriteHeader(http.StatusInternalServerError)
			return true
		})
		r.follow(backfill.Stream, events.TypeMessageAdded)
		wait(time.Second)
		added, _ := r.got()
		assert.Len(t, added, 500)
		wait(3 * time.Second)
		added, _ = r.got()
		assert.True(t, slices.Equal(all, added))
	})
}

// A single message that fails ends the walk.
func TestSingleFails(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		var bad atomic.Bool
		bad.Store(true)
		r.answer(func(w http.ResponseWriter, q *http.Request) bool {
			switch {
			case strings.Contains(q.URL.Path, "bulk"):
				w.WriteHeader(http.StatusNotFound)
			case strings.Contains(q.URL.Path, "/v1/messages/") && bad.Load():
				w.WriteHeader(http.StatusInternalServerError)
			default:
				return false
			}
			return true
		})
		r.follow(backfill.Stream, events.TypeMessageAdded)
		wait(5 * time.Second)
		id := r.add()
		r.beats(3 * time.Second)
		assert.GreaterOrEqual(t, len(r.noted(backfill.Failed)), 2)
		bad.Store(false)
		r.beats(12 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
	})
}

// A server that answers, and says nothing that was asked for, is not asked without
// end.
func TestUselessAnswers(t *testing.T) {
	for _, body := range []string{
		`{"messages":[]}`,
		`{"messages":[],"not_found":[]}`,
		`{"messages":[{"id":"other","parents":["more"],"timestamp":"2000-01-01T00:00:00Z"}]}`,
	} {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.follow(backfill.Stream, events.TypeMessageAdded)
			r.add()
			r.beats(30 * time.Second)
			r.answer(func(w http.ResponseWriter, q *http.Request) bool {
				if !strings.Contains(q.URL.Path, "messages") {
					return false
				}
				_, _ = w.Write([]byte(body))
				return true
			})
			id := r.add()
			r.look()
			r.beats(5 * time.Minute)
			assert.LessOrEqual(t, asks(r.look(), ""), 5*5+20)
			r.answer(nil)
			r.beats(2 * time.Minute)
			added, _ := r.got()
			assert.Contains(t, added, id)
		})
	}
}

// A server that wants to be left alone is.
func TestThrottled(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream)
		r.beats(30 * time.Second)
		r.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		})
		r.look()
		r.loop.Sign()
		r.loop.Due(events.TypeEnergyUpdated)
		wait(time.Second)
		r.answer(nil)
		id := r.add()
		r.beats(115 * time.Second)
		assert.Len(t, r.look(), 1)
		r.beats(30 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
		failed := r.noted(backfill.Failed)
		require.NotEmpty(t, failed)
		assert.LessOrEqual(t, len(failed), 3)
		var status *rest.StatusError
		require.ErrorAs(t, failed[0].Err, &status)
	})
}
