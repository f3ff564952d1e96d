package rivals

import (
	"context"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/bench/traffic"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// Ours begins the names of our own cases.
const Ours = "adic-go"

// Names of the cases that others are compared with.
const (
	Typed     = Ours + "-ws/typed"
	Unhandled = Ours + "-ws/unhandled"
	TypedSSE  = Ours + "-sse/typed"
)

// ours are the cases of the SDK itself, as a user has it: all checks on.
func ours() []Case {
	var list []Case
	for _, l := range []struct {
		group string
		form  traffic.Form
		by    fallback.Transport
	}{{WS, traffic.WebSocket, fallback.WebSocket}, {SSE, traffic.SSE, fallback.SSE}} {
		add := func(name string, end bool, sub subscription.Subscription, register func(*handlers.Mux, *traffic.Tally)) {
			list = append(list, Case{
				Name: Ours + "-" + l.group + "/" + name, Group: l.group, Form: l.form, End: end,
				Connect: manager(use{by: l.by, register: func(m *handlers.Mux, _ Target, t *traffic.Tally) { register(m, t) },
					options: client.Options{Lanes: patient(), Subscription: sub}, end: end}),
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

// patient are lanes of the default size that drop nothing: where the handlers are
// slower than the socket, the reader waits for them, as that of any other client does.
func patient() [3]client.Lane {
	l := client.Lane{Overflow: client.Block}
	return [3]client.Lane{l, l, l}
}

// handleAll registers typed handlers for the mix. A state that was read by REST
// is not counted: it comes when the budget has it.
func handleAll(m *handlers.Mux, t *traffic.Tally) {
	handle(m, func(e events.MessageAdded) { t.Message(e.MessageID, e.Depth) })
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
