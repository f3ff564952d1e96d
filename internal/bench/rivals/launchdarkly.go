package rivals

import (
	"context"

	"github.com/launchdarkly/eventsource"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// launchdarklyCases are launchdarkly/eventsource and its channel.
func launchdarklyCases() []Case {
	return peer("launchdarkly", SSE, traffic.SSE, 0, connectLaunchdarkly)
}

func connectLaunchdarkly(w way) connect {
	return func(_ context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		stream, err := eventsource.SubscribeWithURL(t.URL("http", "v1/sse/events"))
		if err != nil {
			return nil, err
		}
		decode := w.new(traffic.SSE)
		end := make(chan struct{})
		return reading(func() error { close(end); stream.Close(); return nil }, func() error {
			for {
				select {
				case e := <-stream.Events:
					if err := decode([]byte(e.Data()), tally); err != nil {
						return err
					}
				case err := <-stream.Errors:
					return err
				case <-end:
					return nil
				}
			}
		}), nil
	}
}
