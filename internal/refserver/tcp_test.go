package refserver_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOverTCP is the one test over true sockets: the streams work, and a reset
// is one.
func TestOverTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := refserver.New(refserver.Config{Dialect: refserver.Node})
	var serving sync.WaitGroup
	serving.Go(func() { assert.NoError(t, s.Serve(l)) })
	defer serving.Wait()
	defer s.Close()

	conn, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	br := bufio.NewReader(conn)
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\n%s\r\n\r\n", ws, strings.Join(upgrade, "\r\n"))
	require.NoError(t, err)
	resp, err := http.ReadResponse(br, nil)
	require.NoError(t, err)
	assert.Equal(t, 101, resp.StatusCode)
	_, err = conn.Write(maskedFrame(0x81, ping))
	require.NoError(t, err)
	_, text, err := readFrame(br)
	require.NoError(t, err)
	assert.Equal(t, pong, text)

	require.NoError(t, s.Emit(tips, `{}`))
	_, text, err = readFrame(br)
	require.NoError(t, err)
	assert.Equal(t, tips, typeOf(t, text))

	assert.Equal(t, 1, s.Reset(refserver.WebSocket))
	_, _, err = readFrame(br)
	assert.ErrorIs(t, err, syscall.ECONNRESET)
}
