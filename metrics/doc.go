// Package metrics counts what a client does, for people and for monitors.
//
// Counters is written to, with one short method for each thing that can happen;
// Snapshot is what is read: plain values that no longer change. A Snapshot has
// three forms: String for people, encoding/json for programs, and WritePrometheus
// for a scraper. An expvar is one line:
//
//	expvar.Publish("adic", expvar.Func(func() any { return counters.Snapshot() }))
//
// # What adds up
//
// Each event that was received meets one fate: it is handled, dropped from a full
// lane, coalesced because a later one of its type took its place in a lane that
// keeps the latest, filtered out because nobody subscribed to it, or thrown away as
// a duplicate; until then it is pending. In every Snapshot, however busy the client
// is:
//
//   - Received is the sum of ByType, Handled the sum of HandledByType, Dropped the
//     sum of DroppedByLane, Coalesced that of CoalescedByLane, and HandledByType of
//     a type is at most ByType of it;
//   - Handled + Dropped + Coalesced + Filtered + Duplicates + Pending = Received;
//   - of each transport, Dials is at least Connects + DialFailures, and Connects at
//     least Disconnects.
//
// That holds without a lock because what comes later is read first: a counter can
// only have grown by the time that the one it depends on is read. It is why
// Received must be called before the event is passed on, and Dial before the
// attempt.
//
// Who counts many events at a time does it in an Input or an Output, where a count
// is a plain addition, and adds that to the Counters once for all of them.
//
// # Bounds
//
// Counts are kept for ever and start at zero with the process. Labels that a
// server can invent, types and reasons, are cut at 64 bytes, and after the first
// 64 of a kind the others are counted together as "other".
//
// The package imports events and fallback for their vocabulary. It starts no
// goroutine and takes no lock but to add a label that is new.
package metrics
