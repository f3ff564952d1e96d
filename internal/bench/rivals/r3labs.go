package rivals

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/r3labs/sse/v2"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// r3labsCases are r3labs/sse with a callback.
func r3labsCases() []Case { return peer("r3labs", SSE, traffic.SSE, 0, connectR3labs) }

func connectR3labs(w way) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		ctx, cancel := context.WithCancel(ctx)
		decode := w.new(traffic.SSE)
		connected := make(chan struct{}, 1)
		c := sse.NewClient(t.URL("http", "v1/sse/events"))
		c.ResponseValidator = func(*sse.Client, *http.Response) error { // OnConnect comes with the first event
			connected <- struct{}{}
			return nil
		}
		var failed atomic.Pointer[error]
		go func() { // nobody waits for its end: after cancel it tries again, ever more slowly
			_ = c.SubscribeRawWithContext(ctx, func(e *sse.Event) {
				if err := decode(e.Data, tally); err != nil {
					failed.Store(&err)
				}
			})
		}()
		client := &Client{Close: cancel, Check: told(&failed)}
		select {
		case <-connected:
			return client, nil
		case <-ctx.Done():
			client.Close()
			return nil, context.Cause(ctx)
		}
	}
}
