package rivals

import (
	"context"
	"net/url"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/bench/traffic"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// Inline is the SDK's own reader with the same handlers, called on the reader's
// goroutine: no lanes, no books, no counters.
const Inline = Ours + "-ws/inline"

func inlineCases() []Case {
	return []Case{{Name: Inline, Group: WS, Form: traffic.WebSocket, Connect: connectInline}}
}

func connectInline(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
	base, err := url.Parse(t.URL("http", ""))
	if err != nil {
		return nil, err
	}
	dialer := transport.NewDialer(transport.Config{Base: base})
	stream, err := dialer.Open(ctx, fallback.WebSocket, nil)
	if err != nil {
		return nil, err
	}
	var mux handlers.Mux
	handleAll(&mux, tally)
	closed := func() error { stream.Close(); dialer.Close(); return nil }
	return reading(closed, func() error {
		var chunk chunk
		for {
			f, err := stream.Next()
			if err != nil {
				return err
			}
			if f.Kind != wire.Event {
				continue
			}
			err = mux.Dispatch(ctx, events.Envelope{Type: f.Type, Data: chunk.copy(f.Data), Time: f.Time, Received: f.Received})
			if err != nil {
				return err
			}
		}
	}), nil
}
