package client

import (
	"context"
	"iter"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// Events returns the events that Options.Subscription selects, and every gap,
// as a sequence for those who prefer a loop to handlers. It begins with what is
// received after the loop began; it ends when ctx or Run does.
//
// The body of the loop counts as a handler: the next event waits for it, a slow
// body makes the lanes overflow. Run must be running in another goroutine.
// Several loops may run at once; each gets every event. A loop inside a handler
// would wait for itself.
func (m *ConnectionManager) Events(ctx context.Context) iter.Seq[events.Envelope] {
	return func(yield func(events.Envelope) bool) {
		offered := make(chan events.Envelope) // from the handler goroutine to the loop
		handled := make(chan struct{})        // and back
		left := make(chan struct{})           // closed when the loop ends
		var mux handlers.Mux
		mux.OnAny(func(hctx context.Context, env events.Envelope) error {
			select {
			case offered <- env:
			case <-left:
				return nil
			case <-hctx.Done():
				return context.Cause(hctx)
			}
			select {
			case <-handled:
			case <-left:
			case <-hctx.Done():
				return context.Cause(hctx)
			}
			return nil
		})
		defer m.wants() // something else
		defer m.consumers.add(&consumer{want: m.opts.Subscription, mux: &mux})()
		defer close(left)
		m.wants()
		m.begins(m.opts.Subscription)
		for {
			select {
			case env := <-offered:
				if !yield(env) {
					return
				}
			case <-ctx.Done():
				return
			case <-m.ended:
				return
			}
			select {
			case handled <- struct{}{}:
			case <-m.ended:
				return
			}
		}
	}
}
