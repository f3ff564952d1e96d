package repair_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// A node is a server of which half of the messages never become final, and which
// does not announce 6 % of the others.
type node struct {
	b        *repair.Books
	now      time.Time
	posted   int
	finals   map[string]time.Time // when it becomes final
	pending  map[string]bool      // it is not yet
	silent   map[string]bool
	told     map[string]time.Time // when the application was told
	count    uint64
	counted  time.Time
	requests int
}

// run plays a time, with questions at a rate per second.
func (n *node) run(r *rand.Rand, d time.Duration, perMinute, rate float64) {
	const tick = 250 * time.Millisecond
	budget := 0.0
	for until := n.now.Add(d); n.now.Before(until); n.now = n.now.Add(tick) {
		if r.Float64() < perMinute*tick.Minutes() {
			n.post(r, fmt.Sprint(n.posted))
		}
		n.finish()
		for budget = min(budget+rate*tick.Seconds(), 5); budget >= 1; budget-- {
			ids, _ := n.b.Open(n.now, 1)
			if len(ids) == 0 {
				break
			}
			n.ask(ids[0])
		}
	}
}

func (n *node) post(r *rand.Rand, id string) {
	n.posted++
	n.b.Found(repair.Fact{ID: id, Timestamp: n.now}, n.now)
	n.b.Delivered(repair.Added, id)
	if r.IntN(2) == 0 {
		age := 6 * math.Exp(.3*r.NormFloat64())
		n.finals[id] = n.now.Add(time.Duration(age * float64(time.Second)))
		n.silent[id] = r.Float64() < .06
		n.pending[id] = true
	}
}

// finish makes final what it is time for, and counts.
func (n *node) finish() {
	before := n.count
	for id := range n.pending {
		if n.finals[id].After(n.now) {
			continue
		}
		delete(n.pending, id)
		n.count++
		if !n.silent[id] && n.b.Finalized(id, n.now) {
			n.told[id] = n.now
		}
	}
	if n.count > before || n.now.Sub(n.counted) >= 6*time.Second {
		n.counted = n.now
		n.b.Counted(n.now, n.count)
	}
}

func (n *node) ask(id string) {
	n.requests++
	when, ok := n.finals[id]
	switch {
	case !ok || when.After(n.now):
		n.b.NotFinal(n.now, id)
	case n.b.Final(n.now, id) == repair.HandOn:
		n.told[id] = n.now
	}
}

// At 70 messages a minute each silent finalization is found within half a minute,
// most within a few seconds, at a dozen questions a minute.
func TestSilentFinalsAreFound(t *testing.T) {
	const minutes = 30
	n := &node{
		b: begun(0), now: t0, pending: map[string]bool{}, finals: map[string]time.Time{},
		silent: map[string]bool{}, told: map[string]time.Time{},
	}
	r := rand.New(rand.NewPCG(1, 2))
	n.run(r, minutes*time.Minute, 70, 1)
	requests := n.requests
	n.run(r, time.Minute, 0, 1) // what is under way
	var late []time.Duration
	for id, when := range n.finals {
		told, ok := n.told[id]
		if assert.True(t, ok, "the finality of %s was not found", id) && n.silent[id] {
			late = append(late, told.Sub(when))
		}
	}
	slices.SortFunc(late, cmp.Compare)
	assert.Greater(t, len(late), 30)
	assert.Less(t, late[len(late)/2], 5*time.Second)
	assert.Less(t, late[len(late)-1], 30*time.Second)
	assert.Less(t, requests/minutes, 15, "questions a minute")
	t.Logf("%d silent ones, half within %v, all within %v, %d questions a minute",
		len(late), late[len(late)/2], late[len(late)-1], requests/minutes)
}
