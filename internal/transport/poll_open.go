package transport

import (
	"context"
	"fmt"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// openPolling opens a stream that is rebuilt from REST answers. All poll streams
// of a Dialer share its REST client, and with it the budget and what is known
// about the server's clock and paths.
func (d *Dialer) openPolling(ctx context.Context, types []events.Type) (Stream, error) {
	cfg := pollConfig{REST: d.rest, Books: d.cfg.Books, Interval: d.cfg.PollInterval}
	// Each request has the dial time-out for itself; the wait for the budget does
	// not count.
	s, err := openPoll(ctx, cfg, types)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		t := try{transport: fallback.Polling, url: d.base, parent: ctx}
		return nil, t.canceled()
	case is[*RedirectError](err):
		return nil, as[*RedirectError](err)
	default:
		return nil, polled(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.missing = s.Missing()
	return s, nil
}

// polled names the transport of an error of package rest.
func polled(err error) error { return fmt.Errorf("transport: polling: %w", err) }
