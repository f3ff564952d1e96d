// Package overlap finds out where one connection to a node can take the place of
// another without losing or doubling an event.
//
// Two sockets of one node carry the same sequence of events per lane. While both
// are open, the old one delivers and what the new one brings is kept back. As soon
// as a beat is found that is the same event on both, positions can be compared:
// what the old one has delivered after that beat, the new one brings after it, too,
// and that many of its events are to be skipped. Places are found by beats alone, so
// events that look alike are no trouble.
//
// What follows the beat is verified: event by event, type and content must be equal
// as far as both have come. Where they are not, one of the two lost events (lag),
// and there is no answer until a common beat of a later second. Where the old one is ahead,
// Confirm verifies the rest as it comes. So what comes after the last common beat
// is skipped only if the old one delivered an equal event in that place.
//
// # When two beats are one
//
// Beats can be equal byte for byte, tips of the same second often are. So a beat
// has a number: it is the k-th with its content in its second of the server. The
// number is right only if the whole second was seen, so the second in which
// either connection was first heard of in that lane is left out. What remains, same
// lane, same second, same content, same number, is the same event. Where events were
// found to be lost, the numbers of that second are not right either, and it is left
// out, too.
//
// # Limits
//
//   - What the old connection lost before the last common beat is skipped, too, even
//     if the new one has it: it is lost as it would be without the new one. Holes in
//     the beats are for others to find.
//   - A connection that loses events after it does not shift the count, it delays
//     the cut until the next common beat of a later second. Where only Confirm can
//     find that out, the rest of what the old one delivered may come twice.
//   - Equal events stand for each other. If each connection lost another one of
//     several that follow each other, one may be skipped in the place of its twin.
//     Who lost beats among equal ones of one second before the first common beat may
//     match the wrong two, until what follows differs.
//   - More than 4096 events that the old one is ahead cannot be verified.
//   - Two nodes behind one address can match by chance, if their states are equal in a
//     beat; then, and if both did not bring the same types, what follows differs.
//   - The clock of the node is taken to go forwards. If it is put back into a
//     second that had its beats, equal content there could match.
//   - A type that is not in the catalogue has an unknown lane. After one, a count
//     for the medium lane, where such types are queued, has to wait for a
//     common beat, as if events were lost if it has not the same place on both.
//   - The low lane has no beat and is never cut.
//
// There is no clock in here, no goroutine and no I/O.
package overlap
