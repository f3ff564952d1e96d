// Package handlers gives each event to those who asked for it.
//
// A Mux is a routing table from event types to functions:
//
//	var mux handlers.Mux
//	handlers.On(&mux, func(ctx context.Context, e events.TipsUpdated) error {
//		log.Printf("%d tips", e.Count)
//		return nil
//	})
//
// It stands at the very end of an event's way: below it an event is an envelope
// whose payload nobody has looked at. Dispatch decodes the payload if, and only
// if, a function wants it, and once for all functions that want the same struct.
//
// The table is copied on each change and read through one atomic pointer, so
// Dispatch takes no lock, and a function may add and remove functions, its own
// included, or dispatch further events. What a Dispatch has begun it finishes with
// the table it began with, but calls no function that has been removed meanwhile.
//
// The package starts no goroutine: functions run on the goroutine that calls
// Dispatch, one after the other. Concurrent says that a function need not wait for
// its turn; the goroutines for that are those of whoever dispatches.
package handlers
