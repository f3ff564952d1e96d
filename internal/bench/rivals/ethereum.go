package rivals

import (
	"context"
	"encoding/json"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// ethereumCases are a subscription of go-ethereum's rpc client.
func ethereumCases() []Case {
	return peer("go-ethereum", Peers, traffic.Ethereum, queued, connectEthereum)
}

func connectEthereum(w way) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		conn, err := rpc.DialContext(ctx, t.URL("ws", ""))
		if err != nil {
			return nil, err
		}
		const room = 1024
		texts := make(chan json.RawMessage, room)
		sub, err := conn.Subscribe(ctx, "adic", texts, "all")
		if err != nil {
			conn.Close()
			return nil, err
		}
		decode := w.new(traffic.Ethereum)
		closed := func() error { sub.Unsubscribe(); conn.Close(); return nil }
		return reading(closed, func() error {
			for {
				select {
				case text := <-texts:
					if err := decode(text, tally); err != nil {
						return err
					}
				case err := <-sub.Err():
					return err
				}
			}
		}), nil
	}
}
