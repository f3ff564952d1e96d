package backfill_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/subscription/events"
)

// pathOf returns where a family is read.
func pathOf(t events.Type) string {
	return map[events.Type]string{
		events.TypeTipsUpdated:          "/v1/tips",
		events.TypeKCoreUpdated:         "/v1/finality/kcore/metrics",
		events.TypeDiversityUpdated:     "/v1/diversity",
		events.TypeEnergyUpdated:        "/v1/energy",
		events.TypeAdmissibilityUpdated: "/v1/admissibility",
		events.TypeEconomicsUpdated:     "/v1/economics/supply",
	}[t]
}

// Each family is read once on connecting, also after another connection; what is
// still as it was is not handed on again.
func TestReadOnConnect(t *testing.T) {
	for _, typ := range states {
		test(t, options{}, func(t *testing.T, r *rig) {
			r.follow(backfill.Stream, typ)
			wait(time.Second)
			assert.Equal(t, []string{pathOf(typ)}, r.look())
			assert.Equal(t, []events.Type{typ}, typesOf(r.read()))

			r.loop.Follow(backfill.Paused, []events.Type{typ})
			wait(time.Second)
			r.follow(backfill.Stream, typ)
			wait(time.Second)
			assert.Equal(t, []string{pathOf(typ)}, r.look())
			assert.Empty(t, r.read())
		})
	}
}

// A live event of the connection makes the first read needless, one from before it
// does not.
func TestLiveInsteadOfRead(t *testing.T) {
	for _, live := range []bool{true, false} {
		test(t, options{requests: 6}, func(t *testing.T, r *rig) {
			r.loop.Live(events.TypeEnergyUpdated)
			r.follow(backfill.Stream, events.TypeTipsUpdated, events.TypeEnergyUpdated)
			assert.Equal(t, []string{"/v1/tips"}, r.look(), "the other waits for the budget")
			if live {
				r.loop.Live(events.TypeEnergyUpdated)
			}
			wait(time.Minute)
			want := []events.Type{events.TypeTipsUpdated}
			if !live {
				want = append(want, events.TypeEnergyUpdated)
			}
			assert.Equal(t, want, typesOf(r.read()))
			assert.Len(t, r.look(), len(want)-1)
		})
	}
}

// A family of which no event comes is read every two minutes, and one of which
// events come is not, until they stay away.
func TestQuiet(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, states...)
		wait(time.Second)
		r.read()
		r.look()
		tell := func() {
			for range 20 {
				r.loop.Live(events.TypeEnergyUpdated)
				wait(30 * time.Second)
			}
		}
		tell()
		asked := r.look()
		assert.Equal(t, 5, asks(asked, "diversity"))
		assert.Zero(t, asks(asked, "energy"))
		assert.Empty(t, r.read(), "nothing has changed")

		r.add()
		wait(2 * time.Minute)
		got := typesOf(r.read())
		assert.Contains(t, got, events.TypeTipsUpdated)
		assert.Contains(t, got, events.TypeDiversityUpdated)
		wait(time.Minute)
		assert.Equal(t, 1, asks(r.look(), "energy"), "at most three minutes after the last event")
		wait(10 * time.Minute)
		assert.Equal(t, 5, asks(r.look(), "energy"))
		tell()
		assert.Zero(t, asks(r.look(), "energy"))
	})
}

// Who begins to want a family gets it, whatever others had before.
func TestWantedAgain(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, events.TypeEnergyUpdated)
		wait(time.Second)
		assert.Equal(t, []events.Type{events.TypeEnergyUpdated}, typesOf(r.read()))
		r.follow(backfill.Stream, events.TypeTransferRecorded)
		wait(time.Second)
		r.follow(backfill.Stream, events.TypeEnergyUpdated)
		assert.Equal(t, []events.Type{events.TypeEnergyUpdated}, typesOf(r.read()), "as it was")
		r.follow(backfill.Stream, events.TypeTransferRecorded)
		wait(time.Second)
		r.loop.Live(events.TypeEnergyUpdated) // to nobody
		wait(time.Second)
		r.follow(backfill.Stream, events.TypeEnergyUpdated, events.TypeDiversityUpdated)
		assert.ElementsMatch(t, []events.Type{events.TypeEnergyUpdated, events.TypeDiversityUpdated}, typesOf(r.read()))
		r.follow(backfill.Stream, events.TypeEnergyUpdated)
		assert.Empty(t, r.read(), "it was wanted all the time")
	})
}

// What polling handed on in between is not known here: a state is handed on also if
// it is as the last stream left it.
func TestPolledInBetween(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		for _, mode := range []backfill.Mode{backfill.Stream, backfill.Polling, backfill.Stream} {
			r.follow(mode, events.TypeEnergyUpdated)
			wait(time.Second)
		}
		assert.Equal(t, []events.Type{events.TypeEnergyUpdated, events.TypeEnergyUpdated}, typesOf(r.read()))
	})
}

// With few requests a minute each family has its turn, also one that is due again
// and again.
func TestEachHasItsTurn(t *testing.T) {
	all := append(slices.Clone(states), events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated)
	test(t, options{requests: 2}, func(t *testing.T, r *rig) {
		r.follow(backfill.Stream, all...)
		r.look()
		for range 360 {
			r.loop.Due(events.TypeEconomicsUpdated)
			wait(10 * time.Second)
		}
		asked := r.look()
		for _, typ := range all {
			assert.GreaterOrEqual(t, asks(asked, pathOf(typ)), 8, "%s of %d requests", typ, len(asked))
		}
	})
}
