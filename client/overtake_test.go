package client_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// Whatever of the low lane waits, what is more urgent waits for one handler at most;
// what it has overtaken keeps its order.
func TestAHighEventOvertakesLowOnes(t *testing.T) {
	t.Parallel()
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		var mux handlers.Mux
		var lows, want []string
		var highs, states []time.Time
		handlers.On(&mux, func(_ context.Context, e events.NodeStarted) error {
			time.Sleep(10 * time.Millisecond) // fake time
			lows = append(lows, e.Version)
			return nil
		})
		handlers.On(&mux, func(context.Context, events.TransferRecorded) error {
			highs = append(highs, time.Now())
			return nil
		})
		m, _ := r.run(&mux, client.Options{
			Fallback:     only(fallback.WebSocket),
			Subscription: subscription.To(events.TypeNodeStarted, events.TypeTransferRecorded),
			OnState:      func(client.Change) { states = append(states, time.Now()) },
		})
		r.connected(m)
		require.NoError(t, r.node.Burst(events.TypeNodeStarted, 90, func(i int) any {
			want = append(want, fmt.Sprint(i))
			return events.NodeStarted{Version: want[i]}
		}))
		var sent []time.Time
		for range 5 {
			pass(55 * time.Millisecond)
			sent = append(sent, time.Now())
			r.transfers(1)
		}
		pass(55 * time.Millisecond)
		states = nil
		dropped := time.Now()
		r.node.Drop(refserver.Streams)
		require.NoError(t, m.Sync(t.Context()))
		assert.Equal(t, want, lows)
		require.Len(t, highs, len(sent))
		for i := range sent {
			assert.LessOrEqual(t, highs[i].Sub(sent[i]), 10*time.Millisecond)
		}
		require.NotEmpty(t, states)
		assert.LessOrEqual(t, states[0].Sub(dropped), 10*time.Millisecond)
	})
}

// A manager that has nothing to hand out has no goroutine for it.
func TestNoGoroutineWaitsForEvents(t *testing.T) {
	inBothDialects(t, allTypes, func(t *testing.T, r *rig) {
		handling := func() bool {
			stacks := make([]byte, 1<<20)
			stacks = stacks[:runtime.Stack(stacks, true)]
			return strings.Contains(string(stacks), "client.(*dispatcher).run(")
		}
		var mux handlers.Mux
		handlers.On(&mux, takes[events.TransferRecorded](time.Second))
		m, _ := r.run(&mux, concurrently(events.TypeTransferRecorded))
		r.connected(m)
		pass(10 * time.Second)
		assert.False(t, handling())
		r.transfers(2)
		assert.True(t, handling())
		pass(2 * time.Second)
		synctest.Wait()
		assert.False(t, handling())
	})
}
