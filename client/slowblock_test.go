package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// A reader that is blocked again and again looks at beats that came long ago: they are
// not missing, for nobody could read newer ones.
func TestAReaderThatIsBlockedAgainAndAgainIsNoFault(t *testing.T) {
	t.Parallel()
	for _, transport := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(transport.String(), func(t *testing.T) {
			inBubble(t, node, func(t *testing.T, r *rig) {
				var mux handlers.Mux
				handlers.On(&mux, func(context.Context, events.TransferRecorded) error {
					time.Sleep(time.Second) // fake time
					return nil
				})
				var gaps []events.Gap
				mux.OnGap(func(_ context.Context, g events.Gap) error { gaps = append(gaps, g); return nil })
				opts := narrow(client.Block, transport)
				opts.DrainTimeout = -1
				m, stop := r.run(&mux, opts)
				r.connected(m)
				pass(20 * time.Second)
				r.transfers(100)
				for range 300 {
					r.transfers(1)
					pass(time.Second)
					assert.Zero(t, m.Health().StaleSince)
				}
				assert.Empty(t, gaps)
				snap := m.Metrics().Snapshot()
				assert.Equal(t, uint64(1), snap.Transports[transport].Dials)
				requireCanceled(t, stop())
			})
		})
	}
}
