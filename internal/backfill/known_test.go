package backfill_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A database is what an application knows.
type database struct {
	mu    sync.Mutex
	rows  []string
	trick func(ctx context.Context, facts []events.Envelope) ([]bool, error) // in its place
	calls int
}

func (d *database) known(ctx context.Context, facts []events.Envelope) ([]bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	if d.trick != nil {
		return d.trick(ctx, facts)
	}
	known := make([]bool, len(facts))
	for i, env := range facts {
		id, _ := wire.MessageID(env.Data)
		known[i] = slices.Contains(d.rows, string(env.Type)+id)
	}
	return known, nil
}

func (d *database) set(trick func(context.Context, []events.Envelope) ([]bool, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trick = trick
}

// What lies before the first connect the application decides about, messages and
// finalizations.
func TestKnown(t *testing.T) {
	d := &database{}
	test(t, options{known: d.known}, func(t *testing.T, r *rig) {
		var all []string
		for n := range 10 {
			wait(5 * time.Second)
			all = append(all, r.add())
			if n < 5 {
				d.rows = append(d.rows, string(events.TypeMessageAdded)+all[n])
			}
		}
		r.follow(backfill.Stream)
		r.beats(30 * time.Second)
		added, _ := r.got()
		assert.Equal(t, all[5:], added, "parents first")
		assert.True(t, r.books.Figures().Complete)
		d.mu.Lock()
		calls := d.calls
		d.mu.Unlock()
		r.beats(5 * time.Minute)
		d.mu.Lock()
		defer d.mu.Unlock()
		assert.LessOrEqual(t, d.calls, calls+10)
	})
}

// Whatever goes wrong with the answer, it is asked for again, later and later, and
// nothing is lost or handed on twice meanwhile.
func TestKnownFails(t *testing.T) {
	for name, trick := range map[string]func(context.Context, []events.Envelope) ([]bool, error){
		"error": func(context.Context, []events.Envelope) ([]bool, error) { return nil, errors.New("locked") },
		"short": func(context.Context, []events.Envelope) ([]bool, error) { return nil, nil },
		"panic": func(context.Context, []events.Envelope) ([]bool, error) { panic("no") },
		"slow": func(ctx context.Context, _ []events.Envelope) ([]bool, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := &database{}
			test(t, options{known: d.known}, func(t *testing.T, r *rig) {
				first := r.add()
				wait(5 * time.Second)
				d.set(trick)
				r.follow(backfill.Stream, events.TypeMessageAdded)
				wait(time.Second)
				second := r.add()
				r.beats(5 * time.Minute)
				added, _ := r.got()
				assert.Equal(t, []string{second}, added)
				failed := r.noted(backfill.Failed)
				assert.GreaterOrEqual(t, len(failed), 3)
				assert.LessOrEqual(t, len(failed), 9)
				require.ErrorContains(t, failed[0].Err, "backfill: Known")
				assert.False(t, r.books.Figures().Complete)
				d.set(nil)
				r.beats(2 * time.Minute)
				added, _ = r.got()
				assert.Equal(t, []string{second, first}, added)
			})
		})
	}
}

// The end of the run ends the question to the application.
func TestKnownAtTheEnd(t *testing.T) {
	d := &database{trick: func(ctx context.Context, _ []events.Envelope) ([]bool, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	test(t, options{known: d.known}, func(t *testing.T, r *rig) {
		r.add()
		wait(time.Second)
		r.follow(backfill.Stream, events.TypeMessageAdded)
		wait(time.Second)
		from := time.Now()
		r.end()
		assert.Zero(t, time.Since(from))
		assert.Empty(t, r.noted(backfill.Failed))
	})
}
