package rivals

import (
	"context"
	"fmt"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/bench/traffic"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// Ours begins the names of our own cases.
const Ours = "adic-go"

// ours are the cases of the SDK itself, as a user has it: all checks on.
func ours() []Case {
	var list []Case
	for _, l := range []struct {
		group string
		form  traffic.Form
		by    fallback.Transport
	}{{"ws", traffic.WebSocket, fallback.WebSocket}, {"sse", traffic.SSE, fallback.SSE}} {
		add := func(name string, end bool, sub subscription.Subscription, register func(*handlers.Mux, *traffic.Tally)) {
			list = append(list, Case{
				Name: Ours + "-" + l.group + "/" + name, Group: l.group, Form: l.form, End: end,
				Connect: func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
					var mux handlers.Mux
					register(&mux, tally)
					return manage(ctx, t, &mux, tally, &client.Options{
						Fallback: fallback.Policy{Order: []fallback.Transport{l.by}}, Lanes: wide(), Subscription: sub,
					}, end)
				},
			})
		}
		everything := subscription.Subscription{}
		add("typed", false, everything, handleAll)
		add("any", false, everything, countAny)
		add("unhandled", true, everything, handleEnd)
		add("filtered", true, subscription.To(events.TypeKCoreUpdated), handleEnd)
	}
	return list
}

// wide are lanes that a stream as fast as the socket does not fill, so that what
// is measured is what an event costs that arrives.
func wide() [3]client.Lane {
	const events = 1 << 18
	return [3]client.Lane{{Events: events}, {Events: events}, {Events: events}}
}

// handleAll registers typed handlers for the mix. A state that was read by REST
// is not counted: it comes when the budget has it.
func handleAll(m *handlers.Mux, t *traffic.Tally) {
	handle(m, func(e events.MessageAdded) { t.Add(traffic.Added, e.MessageID) })
	handle(m, func(e events.MessageFinalized) { t.Add(traffic.Finalized, e.MessageID) })
	handle(m, func(e events.EnergyUpdated) {
		if e.TotalConflicts != traffic.RESTConflicts {
			t.Add(traffic.Energy, "")
		}
	})
	handle(m, func(events.BalanceChanged) { t.Add(traffic.Balance, "") })
	handle(m, func(e events.TipsUpdated) {
		if n := len(e.Tips); n != traffic.RESTTips {
			t.Add(traffic.Tips, e.Tips[n-1])
		}
	})
}

func handle[E events.Event](m *handlers.Mux, fn func(E)) {
	handlers.On(m, func(_ context.Context, e E) error { fn(e); return nil })
}

// handleEnd handles nothing but what tells the end of a run.
func handleEnd(m *handlers.Mux, t *traffic.Tally) {
	handle(m, func(e events.KCoreUpdated) {
		if e.CurrentKValue != traffic.RESTK {
			t.Add(traffic.Count, "")
		}
	})
}

// countAny counts every event of the stream, undecoded.
func countAny(m *handlers.Mux, t *traffic.Tally) {
	m.OnAny(func(_ context.Context, env events.Envelope) error {
		if env.Origin != events.OriginState && env.Type != events.TypeGap && env.Type != events.TypeKCoreUpdated {
			t.Add(traffic.Raw, "")
		}
		return nil
	})
}

// manage runs a manager. Its check is that nothing was dropped or doubled, and
// where nobody handles the events, that all were received.
func manage(ctx context.Context, t Target, mux *handlers.Mux, _ *traffic.Tally, o *client.Options, all bool) (*Client, error) {
	m, err := client.New(t.URL("http", ""), mux, o)
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
	if err := calm(ctx, m); err != nil {
		closed()
		return nil, err
	}
	last := m.Metrics().Snapshot()
	check := func(n int) error {
		if all {
			if err := m.Sync(ctx); err != nil {
				return err
			}
		}
		now := m.Metrics().Snapshot()
		came := int(now.Received - last.Received)
		dropped, reconnects := now.Dropped-last.Dropped, now.Reconnections-last.Reconnections
		last = now
		if came < n || dropped > 0 || reconnects > 0 {
			return fmt.Errorf("received %d of %d events, dropped %d, reconnected %d times", came, n, dropped, reconnects)
		}
		return nil
	}
	return &Client{Close: closed, Check: check}, nil
}

// calm waits until what was read by REST at the beginning has been handled, so
// that a run counts the stream alone.
func calm(ctx context.Context, m *client.ConnectionManager) error {
	const enough = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, enough)
	defer cancel()
	if err := m.WaitInSync(ctx); err != nil {
		return fmt.Errorf("not in sync: %w", err)
	}
	return m.Sync(ctx)
}
