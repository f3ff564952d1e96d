// Package fallback decides which transport to try next, and when.
//
// It is policy and nothing else: no goroutine, no clock, no I/O. The caller
// tells a Ladder what happened and what time it is, and is told what to do; the
// only randomness is the source that New is given. So whatever a network does
// over a day can be played through in a test in a millisecond.
//
// # The ladder
//
// The transports of a Policy are the rungs of the ladder, the best on top. One
// rung is the current one: the one that is being tried, or that delivers.
//
//	        First, or after every rung has failed: at the best rung that is not cooling
//	                                   │
//	                                   ▼
//	           ┌─────────────────── attempt ──────────────────────┐
//	           │ became usable, then ended                        │ proof that it does not work here:
//	           ▼                                                  ▼ failed, refused, silent, busy
//	the same rung again, after a wait                  the next rung down, at once
//	(the third short life in a row                                │
//	moves one rung down, at once)                                 │ below the last rung
//	                                                              ▼
//	                                                   wait, and start again on top
//
// The waits have the ceilings 1, 2, 4 … 60 s, and lie between a quarter of
// their ceiling and the ceiling, so that the clients of a node that was restarted
// do not come back at the same moment. Only a connection that became good takes
// the ceilings back to their beginning; that it could be opened does not. The
// wait that follows a good connection is the shortest, between 0 and 1 s.
//
// While a lower rung delivers, Better says when to try a better one beside it,
// and the caller reports with Tried that it does, and with Failed or Promoted how that
// went.
//
// # Several endpoints
//
// A Pool has a Ladder for each of several endpoints, and says where to try next, too:
// at once at the next endpoint after any fault but a refusal, and back at the preferred
// one when that has become good again.
//
// # Bounds
//
// No wait is longer than Policy.MaxDelay, unless a server asked for more by
// Retry-After, and then none is longer than Policy.MaxRetryAfter. And whatever
// happens, also if each connection becomes good and dies at once, no transport is
// attempted more than ten times in any minute, as far as MaxDelay allows that.
package fallback
