package backfill_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/subscription/events"
)

// ended returns how many ends were noted since the last call.
func (r *rig) ended() int {
	before := r.ends
	r.ends = len(r.noted(backfill.Current))
	return r.ends - before
}

// The end of a pass is told when the newest states were handed on, not before. A
// family whose reads fail delays it until one succeeds, or an event of it comes.
func TestEndedWaitsForStates(t *testing.T) {
	for _, live := range []bool{true, false} {
		for _, wanted := range [][]events.Type{
			{events.TypeEnergyUpdated},
			{events.TypeAdmissibilityUpdated, events.TypeMessageAdded},
			nil,
		} {
			test(t, options{}, func(t *testing.T, r *rig) {
				r.refuse(http.StatusServiceUnavailable, "energy", "admissibility")
				r.add()
				r.follow(backfill.Stream, wanted...)
				wait(10 * time.Minute)
				assert.Zero(t, r.ended())
				if live {
					r.loop.Live(events.TypeEnergyUpdated)
					r.loop.Live(events.TypeAdmissibilityUpdated)
				} else {
					r.answer(nil)
				}
				wait(time.Minute)
				assert.Positive(t, r.ended())
				wait(10 * time.Minute)
				assert.InDelta(t, 10, r.ended(), 1, "each minute")
			})
		}
	}
}

// The same of a family that became due.
func TestEndedWaitsForDue(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream)
		wait(20 * time.Second)
		assert.Positive(t, r.ended())
		r.refuse(http.StatusServiceUnavailable, "diversity")
		r.loop.Due(events.TypeDiversityUpdated)
		r.loop.Hole()
		wait(5 * time.Minute)
		assert.Zero(t, r.ended())
		r.answer(nil)
		wait(time.Minute)
		assert.Positive(t, r.ended())
	})
}

// What the server does not have, nobody waits for.
func TestEndedWithoutFamily(t *testing.T) {
	for _, wanted := range [][]events.Type{{events.TypeEnergyUpdated}, nil} {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.refuse(http.StatusNotFound, "energy")
			r.add()
			r.follow(backfill.Stream, wanted...)
			wait(time.Second)
			assert.Equal(t, 1, r.ended())
			for range 10 {
				wait(time.Minute)
				assert.Positive(t, r.ended(), "in each minute")
			}
			r.loop.Due(events.TypeEnergyUpdated)
			r.loop.Hole()
			wait(4 * time.Second)
			assert.Equal(t, 1, r.ended())
		})
	}
}

// Where no facts are wanted the states alone are told to be fresh: when they have
// been handed on, after a hole, and each minute. Where nothing can be read, at once.
func TestEndedWithoutFacts(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		room := make(chan struct{})
		r.mu.Lock()
		r.block = room
		r.mu.Unlock()
		r.follow(backfill.Stream, states...)
		wait(time.Second)
		assert.Zero(t, r.ended(), "there is no room")
		close(room)
		wait(time.Second)
		assert.Equal(t, 1, r.ended())
		assert.Len(t, r.read(), len(states))

		r.loop.Due(events.TypeEnergyUpdated)
		r.loop.Hole()
		wait(time.Second)
		assert.Equal(t, 1, r.ended())
		assert.Equal(t, []events.Type{events.TypeEnergyUpdated}, typesOf(r.read()))
		wait(10 * time.Minute)
		assert.Equal(t, 10, r.ended())
	})
	for _, mode := range []backfill.Mode{backfill.Stream, backfill.Polling} {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.follow(mode, events.TypeTransferRecorded)
			assert.Equal(t, 1, r.ended())
			wait(10 * time.Minute)
			assert.Equal(t, 10, r.ended())
			assert.Empty(t, r.look())
		})
	}
}

// A pass of the connection before, whose states did not come, is not told.
func TestEndedOfAnother(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		wanted := []events.Type{events.TypeEnergyUpdated, events.TypeMessageAdded}
		r.add()
		r.refuse(http.StatusServiceUnavailable, "energy")
		r.follow(backfill.Stream, wanted...)
		wait(time.Minute)
		r.loop.Follow(backfill.Paused, wanted)
		r.refuse(http.StatusServiceUnavailable, "messages", "tips")
		r.follow(backfill.Stream, wanted...)
		wait(5 * time.Minute)
		assert.Equal(t, []events.Type{events.TypeEnergyUpdated}, typesOf(r.read()))
		assert.Zero(t, r.ended())
		r.answer(nil)
		wait(time.Minute)
		assert.Positive(t, r.ended())
	})
}

// While polling the transport reads the states, and no pass waits for them. To a
// dead node each is put anew.
func TestEndedByMode(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.refuse(http.StatusServiceUnavailable, "energy")
		r.add()
		r.follow(backfill.Polling)
		r.polls(1)
		assert.Positive(t, r.ended())
		r.answer(nil)
		r.loop.Follow(backfill.Stream, nil)
		wait(20 * time.Second)
		assert.Positive(t, r.ended())
		r.refuse(http.StatusServiceUnavailable, "energy")
		r.loop.Follow(backfill.Dead, nil)
		wait(5 * time.Minute)
		assert.Zero(t, r.ended())
		r.answer(nil)
		wait(time.Minute)
		assert.Positive(t, r.ended())
	})
}
