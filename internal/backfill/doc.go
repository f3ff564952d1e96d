// Package backfill reads by REST what a stream did not say, and hands it on. It
// is the only reader of messages and finalizations, whatever transport a client
// is on.
//
//	loop.go     what it is given, and the turns that it takes    worker.go  on what goroutine
//	inbox.go    what other goroutines tell it
//	pass.go     when a pass is due, and its end      since.go  walk.go  proof.go   its questions
//	found.go    what is handed on                    known.go  what the application decides
//	finality.go single messages                      state.go  families that are read again
//	ask.go      one question, and what a failure means
//
// Which questions are worth it, and what of an answer is new, say the books of
// package repair. How often a server may be asked, package rest. This package is
// what is between them: the order of the questions, and when.
//
// # A pass
//
// A pass reads since, from the books' anchor to its end, and then by id what the
// books still want: unknown tips and unknown parents, until there are none. A full
// one, of which there is one a minute, reads the tips too, and proves by one
// question that the server still has the anchor and the newest messages, for of
// an anchor that it does not have a node says that there is nothing new.
//
// What a pass has found is handed on at its end, parents first. One that takes
// longer hands on meanwhile what no unknown parent can follow; one with more than
// 10,000 new messages hands them on in parts.
//
// # Turns
//
// Turns are taken one after the other, on a goroutine that exists only while there
// is something to do: of a loop that waits there is a timer. A turn makes a few questions of the pass, if one is due,
// then one about a state and one about the finality of a message; so a long pass
// keeps nobody waiting, and a pass waits for one question at most. Questions that
// are not of a pass are not made while the budget has nothing to spare, except one
// in twenty seconds.
package backfill
