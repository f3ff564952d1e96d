package rivals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// A use is a way of using the SDK.
type use struct {
	by       fallback.Transport
	register func(*handlers.Mux, Target, *traffic.Tally)
	options  client.Options

	end   bool // nobody counts the events: the manager's own counters are asked
	many  bool // there are thousands: nobody waits for the first reads by REST
	drops bool // lanes may lose events
}

// manager makes a use a client. Its check is that nothing was dropped, that the
// connection stayed, and where nobody handles the events, that all were received.
func manager(u use) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		var mux handlers.Mux
		u.register(&mux, t, tally)
		o := u.options
		o.Fallback = fallback.Policy{Order: []fallback.Transport{u.by}}
		m, err := client.New(t.URL("http", ""), &mux, &o)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); _ = m.Run(ctx) }()
		closed := func() { cancel(); <-done }
		if err := m.WaitConnected(ctx); err != nil {
			closed()
			return nil, err
		}
		if !u.many {
			if err := calm(ctx, m); err != nil {
				closed()
				return nil, err
			}
		}
		w := &watch{use: u, ctx: ctx, manager: m, last: countsOf(m)}
		return &Client{Close: closed, Check: w.check}, nil
	}
}

// A watch sees what becomes of a manager.
type watch struct {
	use

	ctx     context.Context
	manager *client.ConnectionManager
	last    counts
}

// counts are what a watch remembers: a whole Snapshot would be more than the
// manager.
type counts struct{ received, dropped, reconnections uint64 }

func countsOf(m *client.ConnectionManager) counts {
	s := m.Metrics().Snapshot()
	return counts{s.Received, s.Dropped, s.Reconnections}
}

// check says what went wrong since the last check, in which n events should have
// come.
func (w *watch) check(n int) error {
	if w.end {
		if err := w.manager.Sync(w.ctx); err != nil {
			return err
		}
	}
	now, last := countsOf(w.manager), w.last
	w.last = now
	switch came := now.received - last.received; {
	case now.reconnections != last.reconnections:
		return errors.New("the connection did not stay")
	case now.dropped != last.dropped && !w.drops:
		return fmt.Errorf("%d events were dropped", now.dropped-last.dropped)
	case int(came) < n:
		return fmt.Errorf("received %d of %d events", came, n)
	default:
		return nil
	}
}

// calm waits until what was to be read by REST at the beginning has been read, and
// handled.
func calm(ctx context.Context, m *client.ConnectionManager) error {
	const enough = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, enough)
	defer cancel()
	if err := m.WaitInSync(ctx); err != nil {
		return fmt.Errorf("not in sync: %w", err)
	}
	return m.Sync(ctx)
}
