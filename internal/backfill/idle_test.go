package backfill_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/subscription/events"
)

// Where nothing happens a loop does nothing but its periodic reads, and has no
// goroutine between them.
func TestALoopThatHasNothingToDoSleeps(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeMessageAdded, events.TypeMessageFinalized)
		r.books.Counted(r.rest.Now(), 0)
		wait(10 * time.Minute)
		assert.False(t, backfill.Busy(r.loop))
		var turns atomic.Int64
		backfill.Turns(r.loop, &turns)
		r.look()
		wait(10 * time.Minute)
		assert.False(t, backfill.Busy(r.loop))
		assert.Equal(t, 10, asks(r.look(), "/tips"), "a full pass a minute")
		assert.LessOrEqual(t, turns.Load(), int64(40))
	})
}

// A count that rises wakes a loop that sleeps.
func TestACountWakesALoopThatSleeps(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		id := r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded, events.TypeMessageFinalized)
		r.books.Counted(r.rest.Now(), 5)
		wait(10*time.Minute + time.Second)
		r.node.Finalize(id, false)
		counted := func() { r.books.Counted(r.rest.Now(), 6) }
		counted()
		wait(6 * time.Second)
		counted()
		wait(6 * time.Second)
		_, final := r.got()
		assert.Equal(t, []string{id}, final)
	})
}

// Loops that began together do not go on together.
func TestPhase(t *testing.T) {
	for _, phase := range []float64{0, 0.25, 1} {
		synctest.Test(t, func(t *testing.T) {
			r := &rig{t: t, node: refserver.New(refserver.Config{Dialect: refserver.Node}), books: repair.New(0), seen: make(map[string]bool)}
			r.rest = r.client(0)
			r.loop = backfill.New(backfill.Config{REST: r.rest, Books: r.books, Fill: r.fill, Note: r.note, Phase: phase})
			r.start()
			r.follow(backfill.Stream, events.TypeMessageAdded, events.TypeEconomicsUpdated)
			wait(time.Second)
			r.look()
			first := time.Duration((1 - phase/2) * float64(time.Minute))
			wait(first - 2*time.Second)
			assert.Empty(t, r.look(), "phase %v: before the time", phase)
			for range 3 { // and after that a minute apart
				wait(2 * time.Second)
				asked := r.look()
				assert.Equal(t, 1, asks(asked, "/tips"), "phase %v", phase)
				assert.Equal(t, 1, asks(asked, "/economics/supply"), "phase %v", phase)
				wait(58 * time.Second)
				assert.Empty(t, r.look(), "phase %v", phase)
			}
			r.end()
		})
	}
}
