// Package client keeps one event stream of an ADIC node open and hands what it
// says to the application's handlers.
//
// # From the socket to the handler
//
//	transport.Stream.Next   bytes off the socket, one message        ┐
//	receive.go              clocks, filter, dedupe, count, queue     ┘ Run's goroutine (the reader)
//	queue.go                three bounded lanes: high, medium, low
//	dispatch.go             one event at a time, lanes in order of priority
//	                        handlers.Mux.Dispatch → the application  ← the handler goroutine
//
// The reader never runs code of the application and never waits for it. A
// handler that is slower than the stream costs the oldest events of its lane,
// each loss is counted and told as an [events.Gap].
//
// # States
//
//	         Run           proved                     lost
//	Idle ───────▶ Connecting ───────▶ Connected ───────────────┐
//	               │  ▲  │ next rung, at once │ other transport │
//	    all failed │  │  └─▶ Connecting       └─▶ Connected     ▼
//	               └──┴───────── Waiting ◀──────────── (1 s → 60 s)
//	any ── ctx ends, or refused for good ──▶ Closed (final)
//
// What to try next and when is decided by [fallback.Ladder]; this package does
// as it says. Health is derived from the state and three clocks, it is not a
// state of its own.
//
// # Goroutines
//
// Run is the reader. It owns the handler goroutine, which ends when everything
// queued has been handled, and, while a lower transport delivers, one climber
// that opens and proves a better one; one more while a Subscribe that came later
// is asked for. A connection may own one goroutine for its pings, and one that
// closes it politely. When Run returns, all of them are gone; only after a [DrainError]
// the handler it names still runs.
package client
