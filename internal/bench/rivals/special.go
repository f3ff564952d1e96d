package rivals

import (
	"context"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/bench/traffic"
	"github.com/adic/adic-go/subscription/events"
)

// Names of the cases that grow or are flooded.
const (
	ManyHandlers = Ours + "/handlers"
	ManyTips     = Ours + "/tips"
	TunedTips    = "coder-tuned/tips"
	ManyManagers = Ours + "/managers"
	Flood        = Ours + "/flood"
)

// special are the cases that show how costs grow, and what priorities do.
func special() []Case {
	_, generated, _ := ways()
	return []Case{
		{Name: ManyHandlers, Form: traffic.WebSocket, Connect: manager(use{
			by: fallback.WebSocket, register: handleMore, options: client.Options{Lanes: patient()},
		})},
		{Name: ManyTips, Form: traffic.WebSocket, Tips: true, Connect: manager(use{
			by: fallback.WebSocket, register: handleMix, options: client.Options{Lanes: patient()},
		})},
		{Name: TunedTips, Form: traffic.WebSocket, Tips: true, Connect: coderTuned(generated)},
		{Name: ManyManagers, Form: traffic.WebSocket, Connect: manager(use{
			by: fallback.WebSocket, register: handleMix, options: client.Options{Lanes: patient()}, many: true,
		})},
		{Name: Flood, Form: traffic.WebSocket, Connect: manager(use{
			by: fallback.WebSocket, register: handleSlowly, drops: true,
		})},
	}
}

func handleMix(m *handlers.Mux, _ Target, t *traffic.Tally) { handleAll(m, t) }

// handleMore handles the mix, and has X handlers of other types.
func handleMore(m *handlers.Mux, target Target, t *traffic.Tally) {
	handleAll(m, t)
	more := []func(){
		func() { handle(m, func(events.ProposalSubmitted) {}) },
		func() { handle(m, func(events.VoteCast) {}) },
		func() { handle(m, func(events.TaskSubmitted) {}) },
		func() { handle(m, func(events.EscrowLocked) {}) },
		func() { handle(m, func(events.SyncProgress) {}) },
		func() { handle(m, func(events.PeerConnected) {}) },
		func() { handle(m, func(events.TransferRecorded) {}) },
		func() { handle(m, func(events.ReputationChanged) {}) },
	}
	for i := range target.X {
		more[i%len(more)]()
	}
}

// handleSlowly handles messages, and takes a millisecond for each event of low
// priority.
func handleSlowly(m *handlers.Mux, _ Target, t *traffic.Tally) {
	handleAll(m, t)
	handlers.On(m, func(ctx context.Context, _ events.AdmissibilityUpdated) error {
		timer := time.NewTimer(time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		return nil
	})
}
