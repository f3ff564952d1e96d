// Package ledger is the truth beneath the reference server: a small directed
// acyclic graph of messages, their finality, and the figures that a node
// derives from them. It is pure data: no clock, no goroutine, no HTTP.
//
// The stream and the REST half of the reference server both read from here, so
// what REST says is true, and the stream is exactly as untrue as it is asked to
// be.
//
//	Add ──► messages ──► tips                 (no known child)
//	           │     └─► Diversity, Admissibility (from the tips)
//	           ▼
//	       pending ──FinalizeOld, Finalize──► final ──► KCore, Deposits
//
// # Rules
//
// A message that is not told its parents picks up to [Branching]+1 of the tips
// and of the messages that came last, as a node with a view that is a moment
// old does; this keeps a few tips alive. A message becomes final once it has
// [K] descendants, so that finality never overtakes an ancestor.
//
// A node 0.3.0 keeps finality, pending queue and depths in memory only:
// [Ledger.Restart] loses them, and the deposits with them, which is this model's
// choice. [Ledger.Reset] begins another history.
//
// # Orders
//
// A node on its default store sorts by key, and so does the ledger:
// [Ledger.Since] by millisecond and id, [Ledger.Range] and [Ledger.Tips] by id.
//
// The same seed and the same calls give the same ledger. Nothing that a ledger
// returns changes later; slices within are shared and must not be modified.
package ledger
