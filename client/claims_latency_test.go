package client_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// BenchmarkClaimLatency measures how late events are in a minute of real time over
// loopback, 5 s with -short: from before a server tells of a new message or state
// to the handler that has it decoded. The guide says: under 100 ms.
func BenchmarkClaimLatency(b *testing.B) {
	for _, transport := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		b.Run(transport.String(), func(b *testing.B) {
			lasts := time.Minute
			if testing.Short() {
				lasts = 5 * time.Second
			}
			for range b.N {
				late := lateness(b, transport, lasts)
				share := func(q float64) float64 {
					return late[int(q*float64(len(late)-1))].Seconds() * 1000
				}
				over, _ := slices.BinarySearch(late, 100*time.Millisecond)
				b.ReportMetric(share(0.5), "p50-ms")
				b.ReportMetric(share(0.99), "p99-ms")
				b.ReportMetric(share(1), "max-ms")
				b.ReportMetric(float64(len(late)-over), "over-100ms")
				b.ReportMetric(float64(len(late)), "events")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// lateness follows a node on which 20 messages a second are added and 20 states
// change, and returns how late each was, sorted.
func lateness(b *testing.B, transport fallback.Transport, lasts time.Duration) (late []time.Duration) {
	b.Helper()
	node := refserver.New(refserver.Config{})
	addr, stop, err := node.Start(b.Context(), "127.0.0.1:0")
	require.NoError(b, err)
	defer stop()

	var mu sync.Mutex
	came := map[string]time.Time{}
	comes := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		came[what] = time.Now()
	}
	var mux handlers.Mux
	handlers.On(&mux, func(_ context.Context, e events.MessageAdded) error { comes(e.MessageID); return nil })
	handlers.On(&mux, func(_ context.Context, e events.EnergyUpdated) error { comes(fmt.Sprint(e.TotalConflicts)); return nil })
	m, err := client.New("http://"+addr, &mux, &client.Options{Fallback: only(transport)})
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = m.Run(ctx) })
	require.NoError(b, m.WaitConnected(ctx))

	sent := map[string]time.Time{}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for i := range int(lasts / (50 * time.Millisecond)) {
		<-tick.C
		at := time.Now()
		sent[node.AddMessage(refserver.AddOptions{})] = at
		at = time.Now()
		require.NoError(b, node.Emit(events.TypeEnergyUpdated, events.EnergyUpdated{TotalConflicts: uint64(i + 1000)}))
		sent[fmt.Sprint(i+1000)] = at
	}
	<-tick.C
	cancel()
	running.Wait() // all that was queued is handled
	for what, at := range sent {
		require.Contains(b, came, what)
		late = append(late, came[what].Sub(at))
	}
	slices.Sort(late)
	return late
}
