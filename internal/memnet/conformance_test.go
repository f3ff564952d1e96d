package memnet_test

import (
	"net"
	"testing"

	"github.com/adic/adic-go/internal/memnet"
	"golang.org/x/net/nettest"
)

// The judge of Go's own connections: concurrent reads and writes, deadlines past
// and present, close while blocked. It counts in real time, about 0.3 s.
func TestConformance(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		network := memnet.New(1 << 10)
		listener, err := network.Listen("node")
		if err != nil {
			return nil, nil, nil, err
		}
		client, err := network.DialContext(t.Context(), "tcp", "node:80")
		if err != nil {
			return nil, nil, nil, err
		}
		server, err := listener.Accept()
		return client, server, func() {
			_ = client.Close()
			_ = server.Close()
			_ = listener.Close()
		}, err
	})
}
