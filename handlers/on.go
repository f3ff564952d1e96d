package handlers

import (
	"context"
	"fmt"
	"reflect"

	"github.com/adic/adic-go/subscription/events"
)

// On registers fn for the events of type E and returns a function that removes it
// again; calling that again does nothing. Once it has returned, fn is not called
// any more, except by a Dispatch that is under way on another goroutine. Handlers
// of one event run in the order of registration, those of OnAny among them.
//
// E is one of the structs of package events, or a type of the caller's that
// implements events.Event with a value receiver. A pointer, an interface or a nil
// fn is a mistake, see Mux.Err.
//
// Options say how events are handed out: see Concurrent.
//
// A payload that does not decode is not passed to fn; the *events.DecodeError
// counts as fn's error. Several handlers of one E are given the same value, so
// what its slices and maps hold must not be modified.
func On[E events.Event](m *Mux, fn func(ctx context.Context, event E) error, opts ...Option) (remove func()) {
	kind, err := typeOf[E]()
	if err != nil {
		return m.mistake(err)
	}
	if fn == nil {
		return m.mistake(fmt.Errorf("handlers: On[%s]: fn is nil: want a function", reflect.TypeFor[E]()))
	}
	limit, err := concurrency(kind, opts)
	if err != nil {
		return m.mistake(fmt.Errorf("handlers: On[%s]: %w", reflect.TypeFor[E](), err))
	}
	return m.add(&entry{kind: kind, limit: limit, handler: typed[E](fn)})
}

// typeOf returns the type that events of type E have.
func typeOf[E events.Event]() (kind events.Type, err error) {
	name := reflect.TypeFor[E]()
	switch name.Kind() {
	case reflect.Pointer:
		return "", fmt.Errorf("handlers: On[%s]: E is a pointer: want %s", name, name.Elem())
	case reflect.Interface:
		return "", fmt.Errorf("handlers: On[%s]: E is an interface: want a struct, or OnAny for every event", name)
	default:
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("handlers: On[%s]: Type of the zero value panics: %v", name, v)
		}
	}()
	var zero E
	if kind = zero.Type(); kind == "" {
		return "", fmt.Errorf("handlers: On[%s]: Type of the zero value is empty: want the name of an event", name)
	}
	return kind, nil
}

// typed is a function that wants its events decoded.
type typed[E events.Event] func(context.Context, E) error

// handle decodes env, or takes what another handler has decoded, and calls f.
func (f typed[E]) handle(ctx context.Context, env events.Envelope, memo *memo) error {
	if memo != nil {
		return f.share(ctx, env, memo)
	}
	event, err := events.Decode[E](env)
	if err != nil {
		return err
	}
	return f(ctx, event)
}

// share is handle with a memo. It is apart from handle to keep that small.
func (f typed[E]) share(ctx context.Context, env events.Envelope, memo *memo) error {
	d := remembered[E](memo)
	if !d.valid {
		d.event, d.err = events.Decode[E](env)
		d.valid = true
	}
	if d.err != nil {
		return d.err
	}
	return f(ctx, d.event)
}
