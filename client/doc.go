// Package client keeps one event stream of an ADIC node open and hands what it
// says to the application's handlers.
//
// # From the socket to the handler
//
//	transport.Stream.Next   bytes off the socket, one message            ┐
//	receive.go              filter, dedupe, count; intake.go: in batches ┘ Run's goroutine (the reader)
//	queue.go                three bounded lanes: high, medium, low; overflow.go: when one is full;
//	                        backlog.go: what comes late
//	hand.go                 what is taken at once, and gives way to what is more urgent
//	dispatch.go             one event at a time; crew.go: several, for handlers that allow it
//	                        handlers.Mux.Dispatch → the application      ← the handler goroutine
//
// The reader never runs code of the application, and waits for it only if a lane
// has the policy [Block]. A handler that is slower than the stream costs the oldest
// events of its lane, or what the policy says; each loss is counted and told as an
// [events.Gap]; facts among them come late.
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
// Run is the reader. While there is something to handle it owns a handler goroutine
// and those of concurrent handlers, while something is to be repaired one that does
// that, and of each connection one climber while a better transport is there to be
// proved, and one more while a Subscribe that came later is asked for. Beats and pings
// are watched by timers. When Run returns, all of them are gone; only after a
// [DrainError] the handler it names still runs.
package client
