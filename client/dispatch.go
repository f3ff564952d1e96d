package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/subscription/events"
)

// A dispatcher is the handler goroutine: the only place where code of the
// application runs.
type dispatcher struct {
	m    *ConnectionManager
	ctx  context.Context // of the handlers; outlives Run's by the drain bound
	done chan struct{}   // closed when the goroutine ends

	mu      sync.Mutex  // guards what follows
	running events.Type // whose handler runs; empty for OnState and between events
	onState bool        // OnState runs
}

// runs notes whose handler runs, for the error of a drain that takes too long.
func (d *dispatcher) runs(t events.Type, onState bool) {
	d.mu.Lock()
	d.running, d.onState = t, onState
	d.mu.Unlock()
}

// run hands out everything that is queued until the queue is closed and empty.
func (d *dispatcher) run() {
	finished := false
	defer func() {
		if finished {
			close(d.done)
			return
		}
		// A handler has ended its goroutine, as t.FailNow does by runtime.Goexit.
		// What comes after it is not its to take along.
		d.m.counters.HandlerPanic()
		d.m.say.once("", slog.LevelError, "a handler ended its goroutine")
		go d.run()
	}()
	for {
		it, ok := d.m.queue.pop()
		if !ok {
			finished = true
			return
		}
		switch {
		case it.change != nil:
			d.tell(*it.change)
		case it.gap != nil:
			d.gap(*it.gap)
		case it.entry.mark != 0:
			d.m.settled(it.entry.mark, it.entry.lacking)
		default:
			d.event(it.entry)
		}
	}
}

// tell runs OnState.
func (d *dispatcher) tell(c Change) {
	if d.m.opts.OnState == nil {
		return
	}
	d.runs("", true)
	defer d.runs("", false)
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
	d.dispatch(env)
}

// event hands an event to the consumers that want it, and keeps the books of
// facts. A finalization whose message is still to come waits for it, and follows
// it at once.
func (d *dispatcher) event(e entry) {
	m := d.m
	for {
		kind, id, fact := factOf(e.env.Type, e.env.Data)
		if fact && kind == repair.Finalized && m.books.Waits(id) && m.queue.hold(id, e) {
			return
		}
		d.handle(e, kind, id, fact)
		if !fact || kind != repair.Added {
			return
		}
		var waited bool
		if e, waited = m.queue.release(id); !waited {
			return
		}
	}
}

// handle hands an event out and notes that it was, also if a handler ends the
// goroutine.
func (d *dispatcher) handle(e entry, kind repair.Kind, id string, fact bool) {
	began := time.Now()
	defer func() {
		d.m.counters.Handled(e.env.Type, time.Since(began))
		if !fact {
			return
		}
		d.m.books.Delivered(kind, id)
		if e.late {
			d.m.queue.ledger.delivered()
		}
	}()
	d.dispatch(e.env)
}

func (d *dispatcher) dispatch(env events.Envelope) {
	d.runs(env.Type, false)
	defer d.runs("", false)
	for _, k := range d.m.consumers.all() {
		if k.gone.Load() || !k.want.Match(env.Type) {
			continue
		}
		if err := k.mux.Dispatch(d.ctx, env); err != nil {
			d.failed(env.Type, err)
		}
	}
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
	case <-d.done:
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
	d.mu.Lock()
	late := &DrainError{Running: d.running, OnState: d.onState, Left: total, After: d.m.opts.DrainTimeout, Cause: cause}
	d.mu.Unlock()
	cancel(fmt.Errorf("client: drain: handlers were given %v: %w", d.m.opts.DrainTimeout, cause))
	return late
}
