// Package client keeps one event stream of an ADIC node open and hands what it
// says to the application's handlers.
//
// # From the socket to the handler
//
//	transport.Stream.Next   bytes off the socket, one message        ┐
//	receive.go              clocks, filter, dedupe, count, queue     ┘ Run's goroutine (the reader)
//	queue.go                three bounded lanes: high, medium, low; backlog.go: what comes late
//	dispatch.go             one event at a time, lanes in order of priority
//	                        handlers.Mux.Dispatch → the application  ← the handler goroutine
//
// The reader never runs code of the application and never waits for it. A
// handler that is slower than the stream costs the oldest events of its lane,
// each loss is counted and told as an [events.Gap]; facts among them come late.
//
// # What the stream does not say
//
//	repair.go     ties internal/backfill, the loop that reads it by REST, to the rest
//	gaps.go       what may be missing, in the order of the lanes; ledger.go: what became of it
//	watch.go      a connection that is up and brings nothing: deaf, or the node dead; silence.go
//	handover.go   from one connection to the next without a loss; overlap.go, climb.go
//	sync.go       waiting for completeness, and the cursor that carries it over restarts
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
// queued has been handled, the repair loop, and of each connection one that
// watches its beats, one climber while a better transport is there to be proved,
// and one more while a Subscribe that came later is asked for. A connection may own one goroutine for its pings, and one that
// closes it politely. When Run returns, all of them are gone; only after a [DrainError]
// the handler it names still runs.
package client
