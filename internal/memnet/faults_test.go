package memnet_test

import (
	"context"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		_, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		require.EqualError(t, err, "dial mem node:80: connect: connection refused")

		listener, err := network.Listen("node:80")
		require.NoError(t, err)
		assert.Equal(t, "node:80", listener.Addr().String())
		_, err = network.Listen("node")
		require.ErrorIs(t, err, syscall.EADDRINUSE)

		pending, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.NoError(t, err)
		accepted := make(chan error, 1)
		require.NoError(t, listener.Close())
		go func() { _, err := listener.Accept(); accepted <- err }()
		require.ErrorIs(t, <-accepted, net.ErrClosed)
		require.ErrorIs(t, listener.Close(), net.ErrClosed)
		_, err = pending.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF, "a connection that nobody accepted is closed")

		again, err := network.Listen("node")
		require.NoError(t, err, "the address is free again")
		require.NoError(t, again.Close())
		assert.Equal(t, 2, network.Dials("node"))
	})
}

func TestAcceptWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		listener, err := network.Listen("node")
		require.NoError(t, err)
		accepted := make(chan net.Conn, 2)
		for range 2 {
			go func() {
				c, err := listener.Accept()
				if err == nil {
					_ = c.Close()
				}
				accepted <- c
			}()
		}
		synctest.Wait()
		require.Empty(t, accepted)
		c, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.NoError(t, err)
		assert.NotNil(t, <-accepted)
		require.NoError(t, c.Close())
		require.NoError(t, listener.Close())
		assert.Nil(t, <-accepted, "Close ends a waiting Accept")
	})
}

func TestRefuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		network.Refuse("node", true)
		_, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		write(t, server, "still open")
		assert.Equal(t, "still open", read(t, client, 10))

		network.Refuse("node", false)
		c, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.NoError(t, err)
		require.NoError(t, c.Close())
	})
}

func TestHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		pair(t, network)
		network.Hang("node", true)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := network.DialContext(ctx, "tcp", "node:80")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Hour, time.Since(start))

		time.AfterFunc(time.Minute, func() { network.Hang("node", false) })
		c, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.NoError(t, err)
		assert.Equal(t, time.Hour+time.Minute, time.Since(start))
		require.NoError(t, c.Close())
	})
}

func TestDialWithADeadContext(t *testing.T) {
	network := memnet.New(0)
	pair(t, network)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := network.DialContext(ctx, "tcp", "node:80")
	require.ErrorIs(t, err, context.Canceled)
}

func TestFreeze(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(16)
		client, server := pair(t, network)
		write(t, server, "sent ")
		network.Freeze("node", true)
		write(t, server, "before")
		write(t, client, "up")
		start := time.Now()
		require.NoError(t, client.SetReadDeadline(start.Add(time.Hour)))
		_, err := client.Read(make([]byte, 1))
		require.Error(t, err)
		assert.Equal(t, time.Hour, time.Since(start), "not a byte comes through")
		require.NoError(t, client.SetReadDeadline(time.Time{}))

		require.NoError(t, server.Close())
		write(t, client, " and away") // it cannot know
		network.Freeze("node", false)
		rest, err := io.ReadAll(client)
		require.NoError(t, err)
		assert.Equal(t, "sent before", string(rest))
		_, err = client.Write([]byte("x"))
		require.ErrorIs(t, err, syscall.EPIPE)
	})
}

func TestFreezeHangsDials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(16)
		pair(t, network)
		network.Freeze("node", true)
		start := time.Now()
		time.AfterFunc(time.Minute, func() { network.Freeze("node", false) })
		c, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.NoError(t, err)
		assert.Equal(t, time.Minute, time.Since(start))
		require.NoError(t, c.Close())
	})
}

func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		write(t, server, "lost")
		network.Freeze("node", true) // a reset comes through all the same
		assert.Equal(t, 1, network.Conns("node"))
		network.Reset("node")
		assert.Zero(t, network.Conns("node"))
		for _, c := range []net.Conn{client, server} {
			_, err := c.Read(make([]byte, 1))
			require.ErrorIs(t, err, syscall.ECONNRESET)
			_, err = c.Write([]byte("x"))
			require.ErrorIs(t, err, syscall.ECONNRESET)
		}
	})
}

func TestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(4)
		client, server := pair(t, network)
		write(t, server, "ab")
		network.Cut("node", 6)
		done := make(chan error, 1)
		wrote := make(chan int, 1)
		go func() {
			n, err := server.Write([]byte("cdefghij"))
			wrote <- n
			done <- err
		}()
		rest, err := io.ReadAll(client)
		require.NoError(t, err)
		assert.Equal(t, "abcdefgh", string(rest))
		assert.Equal(t, 6, <-wrote)
		require.ErrorIs(t, <-done, syscall.EPIPE)
		_, err = server.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
		_, err = client.Write([]byte("x"))
		require.ErrorIs(t, err, syscall.EPIPE)
	})
}

func TestCutOfLaterConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		network.Cut("node", 3)
		client, server := pair(t, network)
		_, err := server.Write([]byte("12345"))
		require.ErrorIs(t, err, syscall.EPIPE)
		rest, err := io.ReadAll(client)
		require.NoError(t, err)
		assert.Equal(t, "123", string(rest))

		network.Cut("node", 0)
		c, err := network.DialContext(t.Context(), "tcp", "node:80")
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
		require.NoError(t, c.Close())
	})
}

func TestCutIsLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		network.Cut("node", 3)
		network.Cut("node", -1)
		write(t, server, "12345")
		assert.Equal(t, "12345", read(t, client, 5))
	})
}
