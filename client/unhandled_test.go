package client_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// quiet is a node that announces no message of a peer.
var quiet = refserver.Config{Rate: 1, Untruths: refserver.Untruths{HidePeers: true}}

// read returns the paths that were read by REST since then.
func (r *rig) read(since time.Time) (paths []string) {
	for _, q := range r.node.Log() {
		if q.Part == refserver.REST && q.At.After(since) {
			paths = append(paths, q.Path)
		}
	}
	return paths
}

// Who has a handler for one type and did not say what he wants is sent everything, and
// nothing but that type is looked after.
func TestWhatNobodyHandlesIsNotRepaired(t *testing.T) {
	t.Parallel()
	inBothDialects(t, quiet, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		n := 0
		handlers.On(&mux, func(context.Context, events.PeerConnected) error { n++; return nil })
		m, stop := r.run(&mux, client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		pass(20 * time.Second)
		since := time.Now()
		pass(5 * time.Minute)
		assert.Empty(t, r.read(since))
		s := m.Metrics().Snapshot()
		assert.Greater(t, s.Filtered, uint64(100))
		assert.Zero(t, s.Handled)
		assert.Zero(t, s.Duplicates)
		require.NoError(t, m.WaitInSync(t.Context()), "there is nothing to wait for")
		requireCanceled(t, stop())
		addsUp(t, m)
	})
}

// From the moment on that somebody handles facts, also those are told that are not
// announced; and what nobody handles any more is not looked for.
func TestAHandlerThatComesLaterHasFactsRepaired(t *testing.T) {
	t.Parallel()
	inBothDialects(t, quiet, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		handlers.On(&mux, func(context.Context, events.PeerConnected) error { return nil })
		m, _ := r.run(&mux, client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		pass(time.Minute)
		var late record
		remove := handlers.On(&mux, func(ctx context.Context, e events.MessageAdded) error {
			env, err := events.Encode(e)
			return errors.Join(err, late.event(ctx, env))
		})
		pass(10 * time.Second) // a beat lets the reader look
		var ids []string
		for range 5 {
			ids = append(ids, r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true}))
		}
		pass(time.Minute)
		assert.Subset(t, late.ids(t, events.TypeMessageAdded), ids)
		assert.NotZero(t, m.Metrics().Snapshot().Repair.Backfilled[events.TypeMessageAdded])

		remove()
		pass(time.Minute)
		since := time.Now()
		pass(5 * time.Minute)
		assert.Empty(t, r.read(since))
	})
}
