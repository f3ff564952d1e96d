package client_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
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

// A thousand managers in one process follow a node at its own rhythm. Between two
// events each is one goroutine, which reads; nobody's beat is late, and nobody's
// message is missing.
func TestAThousandManagers(t *testing.T) {
	const many = 1000
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		var mu sync.Mutex
		added := map[string]int{}
		var mux handlers.Mux
		handlers.On(&mux, func(_ context.Context, e events.MessageAdded) error {
			mu.Lock()
			defer mu.Unlock()
			added[e.MessageID]++
			return nil
		})
		web := r.net.Client()
		defer web.CloseIdleConnections()
		managers := make([]*client.ConnectionManager, many)
		for i := range managers {
			m, err := client.New("http://"+address, &mux, &client.Options{HTTPClient: web, Fallback: only(fallback.WebSocket)})
			require.NoError(t, err)
			managers[i] = m
			running.Go(func() { _ = m.Run(ctx) })
		}
		pass(20 * time.Second)
		id := r.node.AddMessage(refserver.AddOptions{})
		pass(10 * time.Second)
		ours := goroutines("adic-go/client.", "internal/transport.", "internal/backfill.", "internal/rest.")
		for _, m := range managers {
			require.True(t, m.Health().OK())
			require.False(t, m.Health().InSyncSince.IsZero())
		}
		mu.Lock()
		assert.Equal(t, map[string]int{id: many}, added)
		mu.Unlock()
		assert.Equal(t, many, ours)
		cancel()
		running.Wait()
	})
}

// goroutines counts those that run code of the packages, but for tests that wait for
// their turn.
func goroutines(packages ...string) (n int) {
	buf := make([]byte, 64<<20)
	buf = buf[:runtime.Stack(buf, true)]
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		if strings.Contains(stack, "testing.(*T).Parallel") {
			continue
		}
		for _, p := range packages {
			if strings.Contains(stack, p) {
				n++
				break
			}
		}
	}
	return n
}
