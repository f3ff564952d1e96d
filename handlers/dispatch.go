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
// Dispatch of an event that nobody handles allocates nothing.
func (m *Mux) Dispatch(ctx context.Context, env events.Envelope) error {
	return m.load().row(env.Type).all.run(ctx, env)
}

// DispatchOrdered is Dispatch for the handlers without Concurrent, OnAny's and
// OnGap's among them.
func (m *Mux) DispatchOrdered(ctx context.Context, env events.Envelope) error {
	return m.load().row(env.Type).ordered.run(ctx, env)
}

// DispatchConcurrent is Dispatch for the handlers with Concurrent.
func (m *Mux) DispatchConcurrent(ctx context.Context, env events.Envelope) error {
	return m.load().row(env.Type).concurrent.run(ctx, env)
}

// run calls the handlers of c.
func (c *chain) run(ctx context.Context, env events.Envelope) error {
	var shared *memo
	if c.typed > 1 {
		shared = &memo{}
	}
	var errs []error
	for _, e := range c.entries {
		if e.removed.Load() {
			continue
		}
		if err := e.call(ctx, env, shared); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// call runs one handler and turns a panic into an error.
func (e *entry) call(ctx context.Context, env events.Envelope, shared *memo) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return e.handler.handle(ctx, env, shared)
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
