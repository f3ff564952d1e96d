// Package overlap finds out where one connection to a node can take the place of
// another without losing or doubling an event.
//
// Two sockets of one node carry the same sequence of events per lane. While both
// are open, the old one delivers and what the new one brings is kept back. As soon
// as a beat is found that is the same event on both, positions can be compared:
// what the old one has delivered after that beat, the new one brings after it, too,
// and that many of its events are to be skipped. Nothing else is compared, so
// events that look alike are no trouble.
//
// # When two beats are one
//
// Beats can be equal byte for byte, tips of the same second often are. So a beat
// has a number: it is the k-th with its content in its second of the server. The
// number is right only if the whole second was seen, so the second in which
// either connection was first heard of in that lane is left out. What remains, same
// lane, same second, same content, same number, is the same event.
//
// # Limits
//
//   - A connection that loses events (lag) after a common beat and before the cut
//     shifts the count by as many; the next common beat puts it right again, and
//     the last one is what counts. Who lost beats among equal ones of one second
//     may match the wrong two, until the next common beat. Holes in the beats are
//     for others to find.
//   - The same holds if both did not bring the same types, or of two nodes behind
//     one address: they can match by chance, if their states are equal in a beat.
//   - The clock of the node is taken to go forwards. If it is put back into a
//     second that had its beats, equal content there could match.
//   - A type that is not in the catalogue has an unknown lane. After one, a count
//     for the medium lane, where such types are queued, has to wait for the next
//     common beat.
//   - The low lane has no beat and is never cut.
//
// There is no clock in here, no goroutine and no I/O.
package overlap
