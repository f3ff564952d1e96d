// Package refserver is a reference server of the ADIC event stream, for tests
// and examples. It speaks both dialects, on WebSocket, SSE and REST, over a small
// true ledger, exactly as truthfully as it is told to be, and it fails on demand.
// It shares no code of the protocols with the client, so that each keeps the
// other honest.
//
//	script, Run ──► ledger ◄────────────────────── REST (rest*.go)
//	     │             │ state
//	     ▼             ▼
//	  untruths ──► encode ──► bus: three rings ──► pump ──► filter ──► link ──► socket, stream
//	                           high, medium, low    one per connection    faults
//
// # The dialects
//
// The guide dialect is what the public integration guide describes: variant names,
// flat events, RFC 3339 times, a greeting, errors, a polite Close; events on
// change. The node dialect is what nodes of adic-core 0.1.9 to 0.3.0 do, each trap
// included: dotted names only, silence on connect, filters that turn into nothing
// or into everything, no answer to Close, slots that leak, sockets that lag makes
// deaf, beats every 3 and 6 seconds, streams that announce a part of the truth.
// Where a comment says "a node does", that was measured on a running node.
//
// # Goroutines
//
// New starts none. Each stream runs on the goroutine of its request, with one
// more that reads the connection and for which it waits; Close ends them all and
// waits. Run blocks and is the caller's.
//
// # Time
//
// All times are those of package time, so a server in a testing/synctest bubble
// over an in-memory network lives in fake time.
package refserver
