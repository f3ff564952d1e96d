package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// noticeable is how long an event's handlers take if it is to be counted at once,
// rather than with the others of its hand.
const noticeable = 100 * time.Microsecond

// A dispatcher runs the handlers: it is the only place where code of the
// application runs. It has a goroutine while there is something to handle.
type dispatcher struct {
	m   *ConnectionManager
	ctx context.Context // of the handlers; outlives Run's by the drain bound

	base  time.Time             // of at
	crews map[events.Type]*crew // of the types that have had concurrent handlers; the handler goroutine's

	// Of the handler goroutine of now.
	at  time.Duration // since base, when the last event was handled
	out metrics.Output
}

// begin begins a handler goroutine.
func (d *dispatcher) begin() { go d.run() }

// run hands out what is queued, until nothing is.
func (d *dispatcher) run() {
	finished := false
	defer func() {
		if finished {
			return
		}
		d.ended()
		go d.run()
	}()
	for {
		it, ok := d.m.queue.next()
		switch {
		case !ok:
			finished = true
			return
		case it.change != nil:
			d.tell(*it.change)
		case it.gap != nil:
			d.gap(*it.gap)
		default:
			d.hand()
		}
	}
}

// ended notes that a handler has ended its goroutine, as t.FailNow does by
// runtime.Goexit. What comes after it is not its to take along.
func (d *dispatcher) ended() {
	d.m.counters.HandlerPanic()
	d.m.say.once("", slog.LevelError, "a handler ended its goroutine")
}

// hand handles what is in the hand of the queue, until something is more urgent.
func (d *dispatcher) hand() {
	h := &d.m.queue.hand
	d.at = time.Since(d.base)
	defer d.m.counters.AddOutput(&d.out) // also if a handler ends the goroutine
	for i := range h.entries {
		h.at.Store(int32(i))
		if e := &h.entries[i]; e.mark != 0 {
			d.m.settled(e.mark, e.lacking)
		} else {
			d.event(e)
		}
		if h.urgent.Load() {
			return
		}
	}
}

// tell runs OnState.
func (d *dispatcher) tell(c Change) {
	if d.m.opts.OnState == nil {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			d.m.counters.HandlerPanic()
			d.m.say.once("", slog.LevelError, "OnState panicked",
				slog.Any("value", v), slog.String("stack", string(debug.Stack())))
		}
	}()
	d.m.opts.OnState(c)
}

// gap hands a gap to every consumer: it passes each filter.
func (d *dispatcher) gap(g events.Gap) {
	env, err := events.Encode(g)
	if err != nil { // cannot be: a Gap is numbers, names and times
		return
	}
	env.Received = time.Now()
	d.each(kindOf(events.TypeGap), func(mux *handlers.Mux) error { return mux.Dispatch(d.ctx, env) })
}

// event hands an event to the consumers that want it, and keeps the books of
// facts. A finalization whose message is still to come waits for it, and follows
// it at once.
func (d *dispatcher) event(e *entry) {
	m := d.m
	if d.waits(e) {
		return
	}
	if n := d.concurrency(e.of); n > 0 {
		d.concurrently(e, n)
		return
	}
	d.handle(e)
	if e.id == "" || e.fact != repair.Added || !m.queue.holds() {
		return
	}
	if d.concurrency(kindOf(events.TypeMessageFinalized)) > 0 {
		m.queue.requeue(e.id)
	} else if waited, ok := m.queue.release(e.id); ok {
		defer m.queue.handled(&waited) // also if a handler ends the goroutine
		d.handle(&waited)
	}
}

// waits holds a finalization back whose message is still to come. That may have ended
// elsewhere since it was asked about: with concurrent handlers, or in the books.
func (d *dispatcher) waits(e *entry) bool {
	m := d.m
	waits := e.id != "" && e.fact == repair.Finalized && !e.ready && m.books.Waits(e.id) && m.queue.hold(e)
	if waits && !m.books.Waits(e.id) {
		m.queue.requeue(e.id)
	}
	return waits
}

// handle hands an event out and notes that it was, also if a handler ends the
// goroutine.
func (d *dispatcher) handle(e *entry) {
	began := d.at
	defer func() {
		d.at = time.Since(d.base)
		d.out.Handled(e.env.Type, d.at-began)
		if d.at-began >= noticeable { // the rest of the hand may take much longer
			d.m.counters.AddOutput(&d.out)
		}
		d.returned(e, d.at-began)
	}()
	for _, k := range d.m.consumers.all() { // each would allocate its function
		if k.takes(e.of) && !k.gone.Load() {
			if err := k.mux.Dispatch(d.ctx, e.env); err != nil {
				d.failed(e.env.Type, err)
			}
		}
	}
}

// each calls dispatch with the handlers of all who take events of the kind.
func (d *dispatcher) each(of *kind, dispatch func(*handlers.Mux) error) {
	for _, k := range d.m.consumers.all() {
		if k.takes(of) && !k.gone.Load() {
			if err := dispatch(k.mux); err != nil {
				d.failed(of.name, err)
			}
		}
	}
}

// returned follows the return of all handlers of an event.
func (d *dispatcher) returned(e *entry, took time.Duration) {
	if limit := d.m.opts.SlowHandler; limit > 0 && took >= limit {
		d.slow(e.env.Type, took)
	}
	if e.id == "" {
		return
	}
	d.m.books.Delivered(e.fact, e.id)
	if e.late {
		d.m.queue.ledger.delivered()
	}
}

// slow names a type whose handlers take their time.
func (d *dispatcher) slow(t events.Type, took time.Duration) {
	d.m.counters.Slow(t, took)
	d.m.say.once(string(t), slog.LevelWarn, "a handler is slow: all that comes after it waits",
		slog.String("type", string(t)), slog.Duration("took", took))
}

// failed counts and logs what a handler returned.
func (d *dispatcher) failed(t events.Type, err error) {
	var decode *events.DecodeError
	var panicked *handlers.PanicError
	switch {
	case errors.As(err, &panicked):
		d.m.counters.HandlerPanic()
		d.m.say.once(string(t), slog.LevelError, "a handler panicked",
			slog.String("type", string(t)), slog.Any("error", err), slog.String("stack", string(panicked.Stack)))
	case errors.As(err, &decode):
		d.m.counters.DecodeError()
		d.m.say.once(string(t), slog.LevelWarn, "a payload does not decode; it is not handed to typed handlers",
			slog.String("type", string(t)), slog.Any("error", err))
	default:
		d.m.counters.HandlerError()
		d.m.say.once(string(t), slog.LevelWarn, "a handler returned an error",
			slog.String("type", string(t)), slog.Any("error", err))
	}
}

// drain waits until everything queued has been handled, DrainTimeout at the
// most. cause is why Run ends, and what drain returns if all went well.
func (d *dispatcher) drain(cancel context.CancelCauseFunc, cause error) error {
	d.m.queue.close()
	var bound <-chan time.Time // never, if there is none
	if limit := d.m.opts.DrainTimeout; limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		bound = timer.C
	}
	select {
	case <-d.m.queue.idle:
		cancel(cause)
		return cause
	case <-bound:
	}
	left := d.m.queue.discard()
	total := 0
	for i, n := range left {
		total += n
		for range n {
			d.m.counters.Dropped(priorities[i])
		}
	}
	late := &DrainError{Left: total, After: d.m.opts.DrainTimeout, Cause: cause}
	late.Running, late.OnState = d.m.queue.running()
	cancel(fmt.Errorf("client: drain: handlers were given %v: %w", d.m.opts.DrainTimeout, cause))
	return late
}
