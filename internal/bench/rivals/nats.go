package rivals

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/nats-io/nats.go"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// queued bounds the payload of one run of clients with queues that are not bounded,
// or drop.
const queued = 64 << 20

// natsCases are nats.go, with its own protocol and a callback.
func natsCases() []Case { return peer("nats.go", Peers, traffic.NATS, queued, connectNATS) }

func connectNATS(w way) connect {
	return func(_ context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		conn, err := nats.Connect("nats://"+t.NATS, nats.NoReconnect())
		if err != nil {
			return nil, err
		}
		decode := w.new(traffic.NATS)
		var failed atomic.Pointer[error]
		sub, err := conn.Subscribe(fmt.Sprintf("adic.%d", t.Session), func(m *nats.Msg) {
			if err := decode(m.Data, tally); err != nil {
				failed.Store(&err)
			}
		})
		if err == nil {
			err = sub.SetPendingLimits(-1, -1)
		}
		if err == nil {
			err = conn.Flush()
		}
		if err != nil {
			conn.Close()
			return nil, err
		}
		return &Client{Close: conn.Close, Check: told(&failed)}, nil
	}
}
