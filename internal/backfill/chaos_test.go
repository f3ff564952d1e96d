package backfill_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
)

// TestChaos lets a DAG grow in every way that is awkward, before a server that
// fails in every way it can, on connections that come and go: in the end each
// message and each finalization was handed on exactly once, the message first.
func TestChaos(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			test(t, options{}, func(t *testing.T, r *rig) {
				chaos(t, r, rand.New(rand.NewPCG(seed, 1)), 12*time.Minute)
			})
		})
	}
}

// The same with few requests a minute.
func TestChaosFewRequests(t *testing.T) {
	test(t, options{requests: 20}, func(t *testing.T, r *rig) {
		chaos(t, r, rand.New(rand.NewPCG(3, 1)), 30*time.Minute)
	})
}

// chaos ends with some time without faults.
func chaos(t *testing.T, r *rig, rng *rand.Rand, last time.Duration) {
	for range rng.IntN(30) {
		id := r.add()
		if rng.IntN(2) == 0 {
			r.node.Finalize(id, true)
		}
		wait(time.Duration(rng.IntN(8000)) * time.Millisecond)
	}
	wait(time.Second)
	before := map[string]bool{}
	for _, m := range r.node.Messages() {
		before[m.ID] = true
	}
	old := len(r.node.Finals())
	modes := []backfill.Mode{backfill.Stream, backfill.Stream, backfill.Polling, backfill.Dead}
	r.follow(backfill.Stream)
	var all []string
	for range 40 {
		for range rng.IntN(12) {
			if id := grow(r, rng, all); id != "" {
				all = append(all, id)
			}
		}
		fault(r, rng)
		switch rng.IntN(10) {
		case 0:
			r.pause()
			wait(time.Duration(rng.IntN(30)) * time.Second)
			r.follow(modes[rng.IntN(len(modes))])
		case 1:
			r.loop.Hole()
		case 2:
			r.loop.Follow(modes[rng.IntN(len(modes))], nil)
		}
		r.beats(6 * time.Second)
	}
	r.answer(nil)
	r.breaks(nil)
	r.loop.Follow(backfill.Stream, nil)
	r.beats(last)
	added, got := r.got()
	assert.True(t, same(all, added), "%d messages of %d", len(added), len(all))
	final := r.node.Finals()[old:]
	for _, id := range final {
		if !before[id] {
			assert.Contains(t, got, id, "finality")
		}
	}
	for _, id := range got {
		assert.True(t, slices.Contains(final, id) || before[id], "finality of %s was made up", id)
	}
}

// grow does one thing to the DAG. It returns the id of a new message.
func grow(r *rig, rng *rand.Rand, all []string) string {
	wait(time.Duration(rng.IntN(700)) * time.Millisecond)
	some := func() []string {
		if len(all) == 0 {
			return []string{}
		}
		return []string{all[rng.IntN(len(all))], all[len(all)-1]}
	}
	switch rng.IntN(10) {
	case 0, 1, 2:
		return r.add()
	case 3:
		return r.node.AddMessage(refserver.AddOptions{Peer: true, Parents: some(), At: time.Now().Truncate(5 * time.Second)})
	case 4:
		return r.node.AddMessage(ago(time.Duration(rng.IntN(40))*time.Second, some()...))
	case 5:
		return r.node.AddMessage(ago(-time.Duration(rng.IntN(100))*time.Minute, some()...)) // a fast clock
	default:
		if len(all) > 0 {
			r.node.Finalize(all[rng.IntN(len(all))], true)
		}
		return ""
	}
}

// fault changes what is wrong with the server.
func fault(r *rig, rng *rand.Rand) {
	parts := []string{"tips", "since", "bulk", "kcore", "deposits", "finality", "energy", ""}
	part := parts[rng.IntN(len(parts))]
	r.answer(nil)
	r.breaks(nil)
	own := rand.New(rand.NewPCG(rng.Uint64(), 2)) // of the goroutine that asks
	switch rng.IntN(8) {
	case 0:
		r.refuse(http.StatusInternalServerError, part)
	case 1:
		r.refuse(http.StatusNotFound, part)
	case 2:
		r.breaks(func(*http.Request) error {
			if own.IntN(3) == 0 {
				return errors.New("reset")
			}
			return nil
		})
	case 3:
		r.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			if own.IntN(4) > 0 {
				return false
			}
			_, _ = w.Write([]byte(`{"messages":[{"id":"x"`))
			return true
		})
	}
}
