package main

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
)

func TestEveryStepShowsTheLadderAtWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		node := refserver.New(refserver.Config{Rate: 4, Seed: 1})
		network := memnet.New(0)
		l, err := network.Listen("node")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = node.Serve(l) })
		running.Go(func() { node.Run(ctx) })
		web := network.Client()

		var out bytes.Buffer
		require.ErrorIs(t, run(ctx, node, "http://node", web, 4*time.Second, &out), context.Canceled)
		cancel()
		node.Close()
		running.Wait()
		web.CloseIdleConnections()

		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		require.Len(t, lines, len(steps), out.String())
		for i, want := range []string{
			`^all transports up +connected by websocket +[1-9]\d* live, +\d+ by REST, 0 gap`,
			`^WebSocket taken away +connected by sse +[1-9]\d* live, +\d+ by REST, [2-4] gap`,
			`^SSE taken away too +connected by polling +\d+ live, +[1-9]\d* by REST, [2-6] gap`, // some were on their way
			`^everything gone +(waiting|connecting) +0 live`,
			`^everything back +connected by websocket +[1-9]\d* live`,
		} {
			assert.Regexp(t, want, lines[i])
		}
	})
}
