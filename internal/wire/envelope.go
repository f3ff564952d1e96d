package wire

import (
	"bytes"
	"slices"
	"strings"

	"github.com/adic/adic-go/subscription/events"
)

const (
	// timeKey is the key of an event's time.
	timeKey = "timestamp"

	// maxType bounds the name of a type, in bytes. A node's have 40 at most; it is
	// kept with each event, and in logs and counters.
	maxType = 256
)

// known finds a type by either spelling.
var known = func() map[string]events.Type {
	types := events.Types()
	m := make(map[string]events.Type, 2*len(types))
	for _, t := range types {
		m[string(t)] = t
		m[t.Name()] = t
	}
	return m
}()

// An envelope is what one pass over a message finds: where the parts of it are
// that could be of interest, whichever dialect and transport it is of. All are
// subslices of the message, nil if the part is not there.
type envelope struct {
	outer   object // the message itself
	inner   object // the value of "event", if that is an object
	events  []byte // the value of "events"
	message []byte // the value of "message"
}

// An object is the part of an envelope that is, or may be, an event.
type object struct {
	whole     []byte
	kind      []byte // the value of "type"
	data      []byte // the value of "data"
	timestamp []byte // the value of "timestamp"
	dataTime  []byte // the value of "timestamp" in data
}

// scan reads message into e. If message cannot be read, it returns the reason
// and the offset.
func (e *envelope) scan(message []byte) (GarbageReason, int) {
	s := scanner{b: message}
	s.space()
	isObject := s.peek() == '{'
	ok := isObject && e.outer.scan(&s, e, 0) || !isObject && s.value(0)
	s.space()
	switch {
	case ok && s.pos == len(message) && isObject:
		return 0, 0
	case ok && s.pos == len(message):
		return NotObject, 0
	case s.deep:
		return TooDeep, s.pos
	default:
		return NotJSON, s.pos
	}
}

// scan reads the object that s is at, on the given level. The outermost object
// is read with the envelope that it opens, others with nil.
func (o *object) scan(s *scanner, e *envelope, depth int) bool {
	*o = object{}
	start := s.pos
	s.pos++ // an event is at most on the third level: maxDepth is far
	for first := true; ; first = false {
		key, more, ok := s.member(first)
		if !ok {
			return false
		}
		if !more {
			o.whole = s.b[start:s.pos:s.pos]
			return true
		}
		if !o.member(s, e, key, depth+1) {
			return false
		}
	}
}

// member reads the value that s is at, of the member named key.
func (o *object) member(s *scanner, e *envelope, key []byte, depth int) bool {
	start := s.pos
	switch string(key) {
	case "data":
		o.dataTime = nil
		if s.peek() == '{' {
			if !o.payload(s, depth) {
				return false
			}
		} else if !s.value(depth) {
			return false
		}
		o.data = s.b[start:s.pos:s.pos]
		return true
	case "event":
		if e == nil {
			break
		}
		e.inner = object{}
		if s.peek() == '{' {
			return e.inner.scan(s, nil, depth)
		}
	}
	if !s.value(depth) {
		return false
	}
	value := s.b[start:s.pos]
	switch string(key) {
	case "type":
		o.kind = value
	case timeKey:
		o.timestamp = value
	case "events":
		if e != nil {
			e.events = value
		}
	case "message":
		if e != nil {
			e.message = value
		}
	}
	return true
}

// payload reads the object that is the value of "data".
func (o *object) payload(s *scanner, depth int) bool {
	s.pos++
	for first := true; ; first = false {
		key, more, ok := s.member(first)
		if !ok || !more {
			return ok
		}
		start := s.pos
		if !s.value(depth + 1) {
			return false
		}
		if string(key) == timeKey {
			o.dataTime = s.b[start:s.pos]
		}
	}
}

// typed reports whether o gives itself a type: a string, and not an empty one.
func (o *object) typed() bool { return len(o.kind) > len(`""`) && o.kind[0] == '"' }

// word returns the type that o gives itself, false if it gives itself none.
func (o *object) word() ([]byte, bool) {
	if !o.typed() {
		return nil, false
	}
	word := o.kind[1 : len(o.kind)-1]
	if bytes.IndexByte(word, '\\') >= 0 {
		return []byte(unquote(o.kind)), true
	}
	return word, true
}

// event returns the event that o is. name is what the event line of an SSE
// event said, "" if there was none.
//
// The payload of a known type is an object. What an unknown one carries is its
// own affair: a node's serializer writes a list for a tuple, any value for a
// newtype, and no data at all where there is nothing to say.
func (o *object) event(message []byte, name string) Message {
	t, ok := o.kindOf(name)
	if !ok || t == events.TypeGap || len(t) > maxType || o.whole == nil {
		return garbage(BadEvent, 0, message)
	}
	if !o.nested() {
		return Message{Kind: Event, Dialect: o.dialect(t, name), Type: t, Data: o.whole, Time: timestamp(o.timestamp)}
	}
	if o.data[0] != '{' && t.Known() {
		return garbage(BadEvent, 0, message)
	}
	return Message{Kind: Event, Dialect: Node, Type: t, Data: o.data, Time: timestamp(o.dataTime)}
}

// bare returns the event whose whole payload is data, some JSON but no object,
// which nothing but the event line can name.
func bare(data []byte, name string) Message {
	t := events.Type(name)
	if known[name] != "" || t == events.TypeGap || len(t) > maxType {
		return garbage(BadEvent, 0, data)
	}
	data = bytes.TrimSpace(data) // of JSON's white space, for there is no other
	var o object
	return Message{Kind: Event, Dialect: o.dialect(t, name), Type: t, Data: slices.Clip(data)}
}

// dialect returns what o, in the guide's form, proves as an event of type t.
// Only a node has dotted names. A type that the SDK does not know proves no
// more, unless it has the time that the guide puts there: without data, a node's
// looks the same.
func (o *object) dialect(t events.Type, name string) Dialect {
	switch {
	case strings.Contains(name, "."):
		return Node
	case t.Known(), o.timestamp != nil:
		return Guide
	default:
		return UnknownDialect
	}
}

// kindOf returns the type of o as an event, false if neither o nor name says.
func (o *object) kindOf(name string) (events.Type, bool) {
	named, nameKnown := known[name]
	if !nameKnown {
		named = events.Type(name)
	}
	word, ok := o.word()
	if !ok {
		return named, name != ""
	}
	if t, ok := known[string(word)]; ok {
		return t, true
	}
	if nameKnown && !o.nested() {
		return named, true // a flat payload that has a "type" of its own
	}
	return events.Type(unquote(o.kind)), true
}

// nested reports whether o is in the node's form, its payload in "data".
//
// In the guide's form "data" could be a field of the payload. What tells them
// apart is where the time stands: each payload has a timestamp, in the node's
// form it is in data, in the guide's beside it.
func (o *object) nested() bool {
	return o.typed() && o.data != nil && (o.timestamp == nil || o.dataTime != nil)
}
