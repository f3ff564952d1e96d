package rivals

import (
	"context"

	"github.com/cometbft/cometbft/rpc/jsonrpc/client"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// cometCases are CometBFT's client of JSON-RPC over a WebSocket.
func cometCases() []Case { return peer("cometbft", Peers, traffic.Comet, 0, connectComet) }

func connectComet(w way) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		conn, err := client.NewWS("tcp://"+t.HTTP, "/"+t.path(""))
		if err != nil {
			return nil, err
		}
		if err := conn.Start(); err != nil {
			return nil, err
		}
		if err := conn.Subscribe(ctx, "all"); err != nil {
			_ = conn.Stop()
			return nil, err
		}
		<-conn.ResponsesCh // that it is subscribed
		decode := w.new(traffic.Comet)
		return reading(conn.Stop, func() error {
			for {
				select {
				case r := <-conn.ResponsesCh:
					if err := decode(r.Result, tally); err != nil {
						return err
					}
				case <-conn.Quit():
					return nil
				}
			}
		}), nil
	}
}
