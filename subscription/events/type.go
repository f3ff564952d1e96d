// Package events is the vocabulary of the event stream: what a node can say.
package events

// Type names one kind of event, in the spelling of the server's JSON tag:
// "TipsUpdated".
type Type string

// Name returns the dotted spelling.
func (t Type) Name() string { return string(t) }

// Priority returns the priority of t, AnyPriority for a type that the SDK does
// not know.
func (t Type) Priority() Priority { return AnyPriority }
