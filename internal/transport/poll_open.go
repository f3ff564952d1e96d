package transport

import (
	"context"
	"fmt"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// openPolling opens a stream that is rebuilt from REST answers. All poll streams
// of a Dialer share its REST client, and with it the budget and what is known
// about the server's clock and paths.
func (d *Dialer) openPolling(ctx context.Context, types []events.Type) (Stream, error) {
	t := d.try(ctx, fallback.Polling, d.base)
	defer t.cancel()
	cfg := pollConfig{REST: d.rest, Books: d.cfg.Books, Interval: d.cfg.PollInterval}
	s, err := openPoll(t.ctx, cfg, types)
	if err != nil {
		return nil, t.polling(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.missing = s.Missing()
	return s, nil
}

// polling says why the first poll failed.
func (t *try) polling(err error) error {
	switch {
	case t.parent.Err() != nil, t.ctx.Err() != nil && !is[*rest.CoolingError](err), is[*RedirectError](err):
		return t.failed(err)
	default:
		return polled(err)
	}
}

// polled names the transport of an error of package rest.
func polled(err error) error { return fmt.Errorf("transport: polling: %w", err) }
