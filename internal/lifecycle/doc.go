// Package lifecycle decides what a client does with its connections: which one to
// open and when, which one delivers, when to look for a better one, what it means
// that nothing comes, and what is told as missing. It is a function of a state, an
// input and an instant:
//
//	state, actions := state.Step(input, now)
//
// A [State] is a value: a step leaves the old one as it was. There is no clock in
// here, no goroutine and no I/O; random numbers come from the [Chooser] and
// from Config. The driver turns what happens into an [Input], does what each [Action]
// says, in order, and comes back with a [Tick] when State.Due says so.
//
//	        Start
//	Idle ─────────▶ Opening ──Opened──▶ Following ◀────────────┐
//	                 ▲   │                │  ▲  │              │
//	                 │   │ Ended          │  └──┘ Ended, and   │ Ready
//	            Tick │   ▼                │  there is a winner │
//	                Waiting ◀──Ended──────┤                    │
//	                    ▲                 └──Ended, and a ─▶ Orphaned
//	                    └──────Ended, Tick── rival is good ────┘
//
// Stop, and a refusal that is final, lead from everywhere to Closed, which nothing
// leaves.
//
// # Two at a time
//
// One connection delivers. Others may be open beside it, one for each [Purpose] and
// never more: a try of a better target, a connection that asks for more where the
// running one cannot, an experiment that tells a deaf connection from a dead node.
// The first of them that may take over is the winner: the others are let go, the
// running one is hung up, and when it has ended the winner delivers. A rival that was
// good when the running one ended by itself may take over within 4 s.
//
// # Generations
//
// Each opening has a [Generation] of its own. An input that speaks of one that was let
// go changes nothing, and no action names one.
//
// # Two clocks
//
// All waits are measured by the monotonic clock. It stands still while the host
// sleeps; the wall clock goes on, and may be set. Where the two disagree, nobody can
// tell which it was: the running connection is probed, facts are read again, and
// there is a gap only if a hole is found.
package lifecycle
