// Package events is the vocabulary of the event stream: what a node can say.
//
// The catalogue (catalogue.go) names the 54 types of events and gives each its
// dotted spelling, its priority, its family and its payload struct. ParseType
// reads either spelling. The eight types of the guide come first.
//
// An event travels through the SDK as an Envelope, its payload undecoded.
// Decode turns it into a struct at the last moment:
//
//	tips, err := events.Decode[events.TipsUpdated](env)
//
// The structs are what a node 0.3.0 sends; the eight types that the public
// integration guide describes carry the fields of its dialect too. A struct has
// plain fields, one for each key of the payload:
//
//   - counts, epochs and heights are uint64, as exact as they were sent;
//   - amounts are decimal strings where a server sends strings, and float64
//     where it sends numbers;
//   - times are Timestamp, which reads the forms of both dialects;
//   - words of a small set, such as FinalityType, have one spelling, lower case,
//     whatever the dialect, and keep words that the SDK does not know;
//   - what a server left out or sent as null is zero, and what may be missing by
//     design is left out again when the struct is encoded.
//
// Package events imports the standard library only, holds no state and starts
// nothing. All its functions may be called concurrently.
package events
