// Package pulse judges one connection by its beats: the events that a node sends
// whatever happens, its tips every 3 s in the high lane and its k-core every 6 s
// in the medium lane.
//
// It finds two things out:
//
//   - A hole. Two successive beats of a lane are further apart by the server's
//     clock than its rhythm allows: between them events may have been lost, also
//     if the connection was never silent for long. A socket that lag made deaf and
//     that the other lanes woke again looks exactly like this.
//   - A silence. Beats stay away by the clock of the host: after 2.5 beats the
//     connection may be deaf, and a pair of pings would wake it. If a whole beat
//     later still neither lane has one, its view of the node is stale.
//
// A beat of either lane proves the socket and the main loop of the node. So while
// one lane beats, the other may be worth a wake, but the connection is not stale.
//
// # Rhythm
//
// A slow node stretches its beats. The rhythm of a lane is the median of its last
// ten intervals by the server's clock, never below 3 s and 6 s; extra beats in
// between, 2 s and 5 s after the one before or sooner, are normal and do not count.
// Fewer than five intervals say nothing. A median does not care about the holes
// among them, as long as they are the minority.
//
// # What it cannot tell
//
// A loss within one beat. A step of the server's clock forwards looks like a hole,
// and is told as one; one backwards hides the hole that it falls into. A node that
// becomes slow, or is slow from the start, yields a hole per beat until the median
// has followed. A lane that is only slow because it has extra beats at random may
// be taken for faster than it is.
//
// There is no clock in here, no goroutine and no I/O.
package pulse
