package wire

import (
	"fmt"
	"strings"
)

// GarbageReason says why a message could not be used.
type GarbageReason uint8

// The reasons.
const (
	NotJSON        GarbageReason = iota + 1 // not a valid JSON text
	NotObject                               // valid JSON, but no object, and nothing that names it
	NoType                                  // nothing says what kind of message it is
	BadEvent                                // an event without a type or with one over 256 bytes, a known one without an object for its payload, or one that calls itself Gap
	TooDeep                                 // nested deeper than 512 levels
	UnknownMessage                          // a WebSocket frame of a kind that neither dialect has
	Binary                                  // a binary frame
)

// String returns a short constant, fit for a metric's label.
func (r GarbageReason) String() string {
	return nameOf(r, "invalid", "not json", "not an object", "no type", "bad event", "too deep", "unknown message", "binary")
}

// maxHead bounds the part of a message that an error repeats, in bytes.
const maxHead = 64

// A GarbageError says what is wrong with a message. One bad message never
// spoils the next: the stream goes on.
type GarbageError struct {
	Reason GarbageReason
	Offset int    // where scanning stopped if Reason is NotJSON or TooDeep, else 0
	Head   string // how the message begins, 64 bytes at most, valid UTF-8
}

// Error names reason, place and beginning.
func (e *GarbageError) Error() string {
	return fmt.Sprintf("wire: %s at byte %d of a message that begins %q", e.Reason, e.Offset, e.Head)
}

// garbage returns the message for what cannot be used.
func garbage(reason GarbageReason, offset int, message []byte) Message {
	head := strings.ToValidUTF8(string(message[:min(len(message), maxHead)]), "\uFFFD")
	return Message{Kind: Garbage, Err: &GarbageError{Reason: reason, Offset: offset, Head: clip(head, maxHead)}}
}
