package client_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// What slow handlers have returned from is counted before those of the events that
// were taken with it return.
func TestSlowHandlersAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		handlers.On(&mux, func(context.Context, events.EnergyUpdated) error {
			time.Sleep(time.Second) // fake time
			return nil
		})
		opts := concurrently(events.TypeEnergyUpdated)
		opts.DrainTimeout = -1
		m, stop := r.run(&mux, opts)
		r.connected(m)
		assert.NoError(t, r.node.Burst(events.TypeEnergyUpdated, 40, func(int) any { return events.EnergyUpdated{} }))
		for n := range uint64(40) {
			synctest.Wait()
			assert.Equal(t, n, m.Metrics().Snapshot().HandledByType[events.TypeEnergyUpdated])
			pass(time.Second)
		}
		requireCanceled(t, stop())
	})
}
