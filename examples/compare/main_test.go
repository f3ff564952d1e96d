package main

import (
	"bytes"
	"context"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
)

// Ten minutes, in fake time: the plain client is told a part, the SDK everything.
func TestTheSDKIsToldEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		node := refserver.New(config())
		network := memnet.New(0)
		l, err := network.Listen("node")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = node.Serve(l) })
		running.Go(func() { node.Run(ctx) })
		web := network.Client()

		var out bytes.Buffer
		require.NoError(t, run(ctx, node, "http://node", web, 10*time.Minute, &out))
		cancel()
		node.Close()
		running.Wait()
		web.CloseIdleConnections()

		t.Logf("\n%s", out.String())
		row := func(name string) (cells [3]int) {
			found := regexp.MustCompile(name + ` +(\d+) +(\d+) +(\d+)\n`).FindStringSubmatch(out.String())
			require.NotNil(t, found, out.String())
			for i := range cells {
				cells[i], err = strconv.Atoi(found[i+1])
				require.NoError(t, err)
			}
			return cells
		}
		for _, name := range []string{"messages", "finalizations"} {
			r := row(name)
			assert.Greater(t, r[0], 200, name)
			assert.Less(t, r[1], r[0], name)
			assert.Equal(t, r[0], r[2], name)
		}
		twice := row("told twice")
		assert.NotZero(t, twice[1])
		assert.Zero(t, twice[2])
	})
}

func TestItEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.ErrorIs(t, embedded(ctx, time.Minute, &out), context.Canceled)
	assert.Empty(t, out.String())
}
