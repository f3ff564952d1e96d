package handlers

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/adic/adic-go/subscription/events"
)

// Dispatch runs the handlers of env on the calling goroutine, one after the other
// in the order of registration, those of Concurrent too, whatever becomes of ctx,
// and joins their errors.
// A handler that panics counts as a *PanicError, and the others still run. What
// cannot be held is runtime.Goexit, which t.FailNow calls: it ends the goroutine of
// the caller.
//
// A non-nil error has the method Unwrap() []error, which gives one error for each
// handler that failed, in order. Tests of handlers need nothing but Dispatch, and
// events.Encode to make an envelope.
//
// If no handler fails, Dispatch allocates nothing but what decoding does. Neither
// errors nor anything else name a handler but env.Type, and so does whoever
// measures how long handlers take.
func (m *Mux) Dispatch(ctx context.Context, env events.Envelope) error {
	return m.load().row(env.Type).all.run(ctx, &env)
}

// DispatchOrdered is Dispatch for the handlers without Concurrent, OnAny's and
// OnGap's among them.
func (m *Mux) DispatchOrdered(ctx context.Context, env events.Envelope) error {
	return m.load().row(env.Type).ordered.run(ctx, &env)
}

// DispatchConcurrent is Dispatch for the handlers with Concurrent. It shares
// nothing that is decoded with DispatchOrdered of the same event.
func (m *Mux) DispatchConcurrent(ctx context.Context, env events.Envelope) error {
	return m.load().row(env.Type).concurrent.run(ctx, &env)
}

// A walk is the way of one event through a chain.
type walk struct {
	next int // the entry that comes next
	memo *memo
	errs []error
}

// run calls the handlers of c.
func (c *chain) run(ctx context.Context, env *events.Envelope) error {
	if len(c.entries) == 0 {
		return nil
	}
	w := walk{memo: c.memo()}
	for w.next < len(c.entries) {
		w.through(ctx, c, env)
	}
	c.release(w.memo)
	if len(w.errs) > 0 {
		return errors.Join(w.errs...)
	}
	return nil
}

// through calls the handlers of c that are left, up to one that panics.
func (w *walk) through(ctx context.Context, c *chain, env *events.Envelope) {
	defer w.rescue()
	for w.next < len(c.entries) {
		e := c.entries[w.next]
		w.next++
		if e.removed.Load() {
			continue
		}
		if err := e.handler.handle(ctx, *env, w.memo); err != nil {
			w.errs = append(w.errs, err)
		}
	}
}

// rescue turns a panic into an error. It must be deferred.
func (w *walk) rescue() {
	if v := recover(); v != nil {
		w.errs = append(w.errs, &PanicError{Value: v, Stack: debug.Stack()})
	}
}

// A PanicError says that a handler panicked.
type PanicError struct {
	Value any    // what it panicked with, never nil
	Stack []byte // of the goroutine, as debug.Stack formats it
}

// Error names the value; the stack is left to those who log it.
func (e *PanicError) Error() string { return fmt.Sprintf("handlers: panic: %v", e.Value) }

// Unwrap returns Value if it is an error, else nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
