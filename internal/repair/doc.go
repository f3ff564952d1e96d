// Package repair keeps the books of facts: which messages are known, which have
// been handed on and delivered, which are final, and what is to be asked for next.
//
// The stream is a hint and REST is the truth, but REST has no "what is new since
// I last asked" that could be relied on. So the truth is put together from three
// questions, and the books say which:
//
//   - since an anchor: cheap and in order of the proposers' clocks, blind for
//     what arrives late, silent about an anchor that the server does not know
//   - the tips, and from unknown tips on through unknown parents: complete,
//     because every message is a tip or an ancestor of one
//   - the count of final messages, and when it runs ahead of what is known, the
//     finality of single messages
//
// A pass asks the first two until nothing is left to ask:
//
//	PassBegan   what was missed before is found by this one
//	Anchor      where since begins; without one, the tips alone
//	Tips        what the server has as tips now
//	Found       each message that an answer holds; is it to be handed on?
//	Ask         the unknown tips and parents that are due, for a bulk question,
//	            and what was announced and not shown
//	Missing     those that the server does not have
//	PassEnded   nothing left: the anchor may move
//
// Besides, Counted, Deposits, Hint, Open, NotFinal and Final look for what has
// become final silently.
//
// # New or history
//
// A message is handed on once, if it is not known and later than the horizon by
// its own timestamp, which is one minute before the first connection. What the
// first pass finds is older or newer than the first connection: the older becomes
// known without being handed on, so that nobody is flooded with history. When
// the books are full, the oldest messages are forgotten, and the horizon rises to
// the newest of them: what was forgotten lies below it and is never new again.
// A finalization is above the horizon if its message is.
//
// Where the application can say what it has, it is asked instead: about what is
// not known and lies below the horizon or was there before the first connection.
//
// # Handed on is not delivered
//
// A fact is handed on once, and delivered when the handlers have returned from
// it. A finalization waits until its message is delivered, and a cursor holds
// what is not: another run hands it on again.
//
// Times are the server's, given by the caller; there is no clock in here, no
// goroutine and no I/O. All methods are safe for concurrent use: the reader, the
// handlers and whoever asks by REST write at the same time.
package repair
