package rivals

import (
	"context"
	"errors"

	"github.com/tmaxmax/go-sse"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// tmaxmaxCases are tmaxmax/go-sse: its iterator over a body, which is the cheaper
// way.
func tmaxmaxCases() []Case { return peer("tmaxmax", SSE, traffic.SSE, 0, connectTmaxmax) }

func connectTmaxmax(w way) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		response, err := getSSE(ctx, t)
		if err != nil {
			return nil, err
		}
		decode := w.new(traffic.SSE)
		return reading(response.Body.Close, func() error {
			for e, err := range sse.Read(response.Body, nil) {
				if err != nil {
					return err
				}
				if err := decode([]byte(e.Data), tally); err != nil {
					return err
				}
			}
			return errors.New("the stream has ended")
		}), nil
	}
}
