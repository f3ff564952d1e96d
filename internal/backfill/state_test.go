package backfill_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/subscription/events"
)

// states are the families that are read while no event of them comes.
var states = []events.Type{
	events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeDiversityUpdated, events.TypeEnergyUpdated,
}

// grow adds so many messages that their admissibility can be judged.
func (r *rig) grow() {
	for range 30 {
		r.add()
		wait(time.Second)
	}
}

// A family that is due is read once, if it is wanted.
func TestDue(t *testing.T) {
	for _, typ := range append(states, events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated) {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.grow()
			r.follow(backfill.Stream, typ)
			wait(time.Second)
			r.read()
			r.loop.Due(typ)
			synctest.Wait()
			got := r.read()
			require.Equal(t, []events.Type{typ}, typesOf(got))
			assert.Equal(t, time.Now().UTC().Truncate(time.Second), got[0].Time)
			_, err := events.DecodeAny(got[0])
			require.NoError(t, err)

			r.loop.Follow(backfill.Stream, []events.Type{events.TypeTransferRecorded})
			r.loop.Due(typ)
			r.loop.Due(events.TypeTransferRecorded)
			wait(10 * time.Second)
			assert.Empty(t, r.read())
		})
	}
}

// A live event makes a read needless, and one that is under way worthless.
func TestLive(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, states...)
		wait(time.Second)
		r.look()
		r.read()
		r.loop.Due(events.TypeEnergyUpdated)
		r.loop.Live(events.TypeEnergyUpdated)
		r.loop.Live(events.TypeTransferRecorded)
		wait(time.Second)
		assert.Empty(t, r.look())

		r.breaks(func(*http.Request) error { r.loop.Live(events.TypeEnergyUpdated); return nil })
		r.loop.Due(events.TypeEnergyUpdated)
		wait(10 * time.Second)
		assert.Equal(t, []string{"/v1/energy"}, r.look())
		assert.Empty(t, r.read())
	})
}

// Economics and admissibility are read each minute on a stream, and told when
// something has changed, be it that the stream said something else meanwhile.
func TestEachMinute(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.grow()
		r.follow(backfill.Stream, append(states, events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated)...)
		wait(time.Second)
		assert.Equal(t, append(slices.Clone(states), events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated), typesOf(r.read()))
		wait(10 * time.Minute)
		assert.Equal(t, 11, asks(r.look(), "supply"))
		assert.Empty(t, r.read())

		economics := ledger.Genesis()
		economics.Balance = ledger.ADIC / 8
		r.node.SetEconomics(economics)
		wait(time.Minute)
		got := r.read()
		require.Equal(t, []events.Type{events.TypeEconomicsUpdated}, typesOf(got))
		assert.Contains(t, string(got[0].Data), `"0.125"`)

		r.loop.Live(events.TypeAdmissibilityUpdated)
		wait(time.Minute)
		assert.Equal(t, []events.Type{events.TypeAdmissibilityUpdated}, typesOf(r.read()))
		wait(time.Minute)
		assert.Empty(t, r.read())
	})
}

// While polling the transport reads the states.
func TestStatesWhilePolling(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Polling, append(states, events.TypeEconomicsUpdated)...)
		for _, typ := range states {
			r.loop.Due(typ)
		}
		wait(5 * time.Minute)
		assert.Empty(t, r.look())
		for _, typ := range states {
			r.loop.Live(typ)
		}
		r.loop.Follow(backfill.Stream, states)
		wait(time.Second)
		assert.Len(t, r.look(), len(states), "once, for the stream is new; what was due was long ago")
	})
}

// What is due when there is no connection is read when there is one, and handed on
// also if it is as it was.
func TestDueWhilePaused(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, states...)
		wait(time.Second)
		r.loop.Follow(backfill.Paused, states)
		wait(time.Second)
		r.look()
		r.read()
		r.loop.Due(events.TypeEnergyUpdated)
		wait(time.Minute)
		assert.Empty(t, r.look())
		r.follow(backfill.Stream, states...)
		assert.Len(t, r.look(), len(states))
		assert.Equal(t, []events.Type{events.TypeEnergyUpdated}, typesOf(r.read()))
	})
}

// A dead node is read every 30 s: messages, finalizations and all states.
func TestDead(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream)
		r.beats(12 * time.Second)
		r.loop.Follow(backfill.Dead, nil)
		wait(10 * time.Second)
		r.read()
		r.look()
		for range 10 {
			id := r.add()
			wait(30 * time.Second)
			added, _ := r.got()
			assert.Contains(t, added, id)
		}
		types := typesOf(r.read())
		assert.Contains(t, types, events.TypeTipsUpdated)
		assert.Contains(t, types, events.TypeDiversityUpdated)
		asked := r.look()
		for _, path := range []string{"since", "energy", "diversity", "admissibility", "supply"} {
			assert.Equal(t, 10, asks(asked, path), path)
		}
		assert.LessOrEqual(t, asks(asked, ""), 5*40)
	})
}

// A read that fails is made again later and later, and one that the server does
// not have once a minute.
func TestStateFails(t *testing.T) {
	for status, most := range map[int]int{http.StatusInternalServerError: 9, http.StatusNotFound: 3} {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.follow(backfill.Stream, append(states, events.TypeEconomicsUpdated)...)
			wait(time.Second)
			r.look()
			r.refuse(status, "energy")
			r.loop.Due(events.TypeEnergyUpdated)
			r.loop.Due(events.TypeDiversityUpdated)
			wait(5 * time.Minute)
			asked := r.look()
			assert.Equal(t, 3, asks(asked, "diversity"))
			assert.LessOrEqual(t, asks(asked, "energy"), most)
			assert.GreaterOrEqual(t, asks(asked, "energy"), min(most, 7))
			if status == http.StatusNotFound {
				assert.Len(t, r.noted(backfill.Failed), 1)
			} else {
				assert.Len(t, r.noted(backfill.Failed), asks(asked, "energy"))
			}
			r.answer(nil)
			r.loop.Due(events.TypeEnergyUpdated)
			wait(time.Minute)
			assert.Contains(t, typesOf(r.read()), events.TypeEnergyUpdated)
		})
	}
}

// The same of one that is read each minute.
func TestEconomicsFail(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.refuse(http.StatusInternalServerError, "economics")
		r.follow(backfill.Stream, events.TypeEconomicsUpdated)
		wait(5 * time.Second)
		assert.Equal(t, 2, asks(r.look(), "supply"))
		r.answer(nil)
		wait(30 * time.Second)
		assert.Equal(t, []events.Type{events.TypeEconomicsUpdated}, typesOf(r.read()))
	})
}

// A failed read that a live event has made needless is not made again while events
// of the family come.
func TestLiveAfterFailure(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeEnergyUpdated)
		r.refuse(http.StatusInternalServerError, "energy")
		r.loop.Due(events.TypeEnergyUpdated)
		wait(time.Second)
		assert.Len(t, r.look(), 2)
		for range 10 {
			r.loop.Live(events.TypeEnergyUpdated)
			wait(time.Minute)
		}
		assert.Empty(t, r.look())
		assert.Len(t, r.noted(backfill.Failed), 1)
	})
}

// Tips that are read as a state are a sign, too.
func TestTipsAreASign(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.add()
		r.follow(backfill.Stream)
		r.beats(12 * time.Second)
		id := r.add()
		r.loop.Due(events.TypeTipsUpdated)
		wait(time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{id}, added)
		got := r.read()
		assert.Contains(t, string(got[len(got)-1].Data), id)
	})
}
