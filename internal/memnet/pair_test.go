package memnet_test

import (
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/memnet"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pair connects a dialer to a listener at "node:80".
func pair(t *testing.T, network *memnet.Network) (client, server net.Conn) {
	t.Helper()
	listener, err := network.Listen("node")
	require.NoError(t, err)
	client, err = network.DialContext(t.Context(), "tcp", "node:80")
	require.NoError(t, err)
	server, err = listener.Accept()
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = client.Close()
		_ = server.Close()
		_ = listener.Close()
	})
	return client, server
}

func write(t *testing.T, c net.Conn, text string) {
	t.Helper()
	n, err := c.Write([]byte(text))
	require.NoError(t, err)
	require.Equal(t, len(text), n)
}

func read(t *testing.T, c net.Conn, n int) string {
	t.Helper()
	b := make([]byte, n)
	_, err := io.ReadFull(c, b)
	require.NoError(t, err)
	return string(b)
}

func TestWriterWaitsForTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t, memnet.New(8))
		write(t, server, "01234567") // fits to the byte
		wrote := make(chan int, 1)
		go func() {
			n, _ := server.Write([]byte("89abcdef-"))
			wrote <- n
		}()
		synctest.Wait()
		require.Empty(t, wrote)

		assert.Equal(t, "01234", read(t, client, 5))
		synctest.Wait()
		require.Empty(t, wrote, "four bytes do not fit yet")
		assert.Equal(t, "56789abcdef-", read(t, client, 12))
		assert.Equal(t, 9, <-wrote)
	})
}

func TestWritesAreNotTorn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t, memnet.New(3))
		for _, text := range []string{"aaaaaaaaaa", "bbbbbbbbbb"} {
			go func() { _, _ = server.Write([]byte(text)) }()
		}
		got := read(t, client, 20)
		assert.Contains(t, []string{"aaaaaaaaaabbbbbbbbbb", "bbbbbbbbbbaaaaaaaaaa"}, got)
	})
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := pair(t, memnet.New(4))
		start := time.Now()
		require.NoError(t, client.SetDeadline(start.Add(time.Hour)))

		_, err := client.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Hour, time.Since(start))
		var netErr net.Error
		require.ErrorAs(t, err, &netErr)
		assert.True(t, netErr.Timeout())

		n, err := client.Write([]byte("too much"))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Zero(t, n)

		require.NoError(t, client.SetDeadline(time.Time{}))
		n, err = client.Write([]byte("fits"))
		require.NoError(t, err)
		assert.Equal(t, 4, n)
		require.NoError(t, client.SetWriteDeadline(time.Now().Add(time.Minute)))
		n, err = client.Write([]byte("does not"))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Zero(t, n)
	})
}

// A deadline that is moved on does not fire at its old time.
func TestDeadlineMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := pair(t, memnet.New(4))
		start := time.Now()
		require.NoError(t, client.SetReadDeadline(start.Add(time.Second)))
		time.AfterFunc(time.Second/2, func() { _ = client.SetReadDeadline(start.Add(time.Minute)) })
		_, err := client.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(start))
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		client, server := pair(t, network)
		write(t, server, "the rest")
		require.NoError(t, server.Close())

		_, err := client.Write([]byte("x"))
		require.ErrorIs(t, err, syscall.EPIPE)
		rest, err := io.ReadAll(client)
		require.NoError(t, err)
		assert.Equal(t, "the rest", string(rest))

		_, err = server.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed)
		_, err = server.Write([]byte("x"))
		require.ErrorIs(t, err, net.ErrClosed)
		require.ErrorIs(t, server.Close(), net.ErrClosed)
		require.ErrorIs(t, server.SetDeadline(time.Now()), net.ErrClosed)

		assert.Equal(t, 1, network.Conns("node"), "one end is open")
		require.NoError(t, client.Close())
		assert.Zero(t, network.Conns("node"))
	})
}

func TestCloseEndsBlockedCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t, memnet.New(1))
		errs := make(chan error, 3)
		go func() { _, err := client.Read(make([]byte, 1)); errs <- err }()
		go func() { _, err := client.Write([]byte("12")); errs <- err }()
		synctest.Wait()
		require.NoError(t, client.Close())
		require.ErrorIs(t, <-errs, net.ErrClosed)
		require.ErrorIs(t, <-errs, net.ErrClosed)

		go func() { _, err := server.Write([]byte("12")); errs <- err }()
		require.ErrorIs(t, <-errs, syscall.EPIPE)
	})
}

func TestHalfClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t, memnet.New(0))
		half, ok := client.(interface{ CloseWrite() error })
		require.True(t, ok)
		write(t, client, "question")
		require.NoError(t, half.CloseWrite())

		question, err := io.ReadAll(server)
		require.NoError(t, err)
		assert.Equal(t, "question", string(question))
		write(t, server, "answer")
		assert.Equal(t, "answer", read(t, client, 6))
		_, err = client.Write([]byte("x"))
		require.ErrorIs(t, err, syscall.EPIPE)

		require.NoError(t, client.Close())
		require.ErrorIs(t, half.CloseWrite(), net.ErrClosed)
	})
}

func TestAddresses(t *testing.T) {
	client, server := pair(t, memnet.New(0))
	assert.Equal(t, "node:80", client.RemoteAddr().String())
	assert.Equal(t, client.LocalAddr(), server.RemoteAddr())
	assert.Equal(t, client.RemoteAddr(), server.LocalAddr())
	assert.Equal(t, "mem", client.LocalAddr().Network())
	assert.True(t, strings.HasPrefix(client.LocalAddr().String(), "dialer:"))
}
