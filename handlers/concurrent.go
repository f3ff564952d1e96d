package handlers

import (
	"errors"
	"fmt"

	"github.com/adic/adic-go/subscription/events"
)

// An Option changes how the events of one registration are handed out. The zero
// Option changes nothing.
type Option struct {
	limit int
	given bool
}

// Concurrent lets up to n events of a type be handled at a time, for a handler
// that waits more than it computes. Events with the same message id are still
// handed to it one after the other, in their order; all others in no particular
// order. The handlers without Concurrent do not wait for it, nor it for them. The
// function must be safe for concurrent use. With n = 1 its events keep their
// order, and yet no other handler waits for it.
//
// If handlers of one type say different n, the least counts for all of them, and
// if one registration says several, the last. An n less than 1 is a mistake, see
// Mux.Err, and so is Concurrent for gaps, which are told where they are.
//
// The goroutines belong to whoever dispatches: see Mux.Concurrency.
func Concurrent(n int) Option { return Option{limit: n, given: true} }

// concurrency returns what opts say together, 0 for nothing.
func concurrency(kind events.Type, opts []Option) (limit int, err error) {
	for _, o := range opts {
		if !o.given {
			continue
		}
		if limit = o.limit; limit < 1 {
			return 0, fmt.Errorf("Concurrent(%d): want 1 or more", limit)
		}
	}
	if limit > 0 && kind == events.TypeGap {
		return 0, errors.New("Concurrent: a gap is told between the events it lies between: want no Concurrent")
	}
	return limit, nil
}

// Concurrency returns the number of events of type t that may be with the
// handlers of Concurrent at a time, or 0 if there is no such handler. Whoever
// gets more than 0 calls, instead of Dispatch, DispatchOrdered for each event
// in order, and DispatchConcurrent on goroutines of its own.
func (m *Mux) Concurrency(t events.Type) int {
	now := m.load()
	if !now.concurrent {
		return 0
	}
	return now.row(t).limit
}
