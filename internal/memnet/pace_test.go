package memnet_test

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		write(t, server, "before")
		network.Slow("node", memnet.Pace{Latency: 300 * time.Millisecond, Jitter: 50 * time.Millisecond, Rate: 10, Slice: 3, Seed: 1})
		began := time.Now()
		write(t, server, "01234")
		write(t, server, "56789")
		require.NoError(t, server.Close())
		assert.Equal(t, "before", read(t, client, 6))
		assert.Equal(t, began, time.Now(), "what was under way keeps its time")
		b := make([]byte, 10)
		n, err := client.Read(b)
		require.NoError(t, err)
		assert.Equal(t, "012", string(b[:n]), "in slices")
		assert.GreaterOrEqual(t, time.Since(began), 750*time.Millisecond)
		assert.LessOrEqual(t, time.Since(began), 850*time.Millisecond)
		rest, err := io.ReadAll(client)
		require.NoError(t, err)
		assert.Equal(t, "3456789", string(rest), "in order, and the end behind all")
		assert.GreaterOrEqual(t, time.Since(began), 1250*time.Millisecond)
		assert.LessOrEqual(t, time.Since(began), 1350*time.Millisecond)
	})
}

func TestSlowIsLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		network.Slow("node", memnet.Pace{Latency: time.Second})
		client, server := pair(t, network)
		write(t, server, "slow")
		network.Slow("node", memnet.Pace{})
		write(t, server, "fast")
		began := time.Now()
		assert.Equal(t, "slowfast", read(t, client, 8))
		assert.Equal(t, time.Second, time.Since(began), "it does not overtake")
		write(t, server, "now")
		assert.Equal(t, "now", read(t, client, 3))
		write(t, client, "up")
		assert.Equal(t, "up", read(t, server, 2))
		assert.Equal(t, time.Second, time.Since(began))
	})
}

func TestFreezeOneWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		for way, ends := range map[memnet.Way][2]net.Conn{memnet.Up: {client, server}, memnet.Down: {server, client}} {
			network.FreezeWay("node", way, true)
			write(t, ends[0], "kept")
			write(t, ends[1], "passes")
			assert.Equal(t, "passes", read(t, ends[0], 6))
			silent(t, ends[1])
			network.FreezeWay("node", way, false)
			assert.Equal(t, "kept", read(t, ends[1], 4))
		}
	})
}

func TestStrand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		network.Strand("node")
		write(t, server, "lost")
		write(t, client, "lost")
		silent(t, client)
		silent(t, server)
		network.Freeze("node", false)
		silent(t, client)

		c, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.NoError(t, err, "new ones pass")
		require.NoError(t, c.Close())
		require.NoError(t, client.Close())
		silent(t, server)
	})
}

func TestForgetIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		network.ForgetIdle("node", time.Minute)
		for range 3 {
			time.Sleep(time.Minute)
			write(t, client, "up")
			assert.Equal(t, "up", read(t, server, 2))
			time.Sleep(time.Minute)
			write(t, server, "down")
			assert.Equal(t, "down", read(t, client, 4))
		}
		time.Sleep(time.Minute + 1)
		write(t, server, "lost")
		silent(t, client)
	})
}

// silent checks that c reads nothing for an hour.
func silent(t *testing.T, c net.Conn) {
	t.Helper()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Hour)))
	_, err := c.Read(make([]byte, 1))
	require.Error(t, err)
	var timeout net.Error
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())
	require.NoError(t, c.SetReadDeadline(time.Time{}))
}
