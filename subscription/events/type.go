package events

// Type names one kind of event, in the spelling of the server's JSON tag:
// "TipsUpdated". The guide calls it the variant name. Any other string is a
// type that the SDK does not know; its events arrive undecoded.
type Type string

// TypeGap is the type of Gap, which the SDK makes and no server sends. It is
// not in the catalogue: Known is false, ParseType refuses it.
const TypeGap Type = "Gap"

// byType finds the row of a type.
var byType = func() map[Type]*row {
	m := make(map[Type]*row, len(catalogue))
	for i := range catalogue {
		m[catalogue[i].kind] = &catalogue[i]
	}
	return m
}()

// Types returns the types of the catalogue, in its order, as a fresh slice.
func Types() []Type {
	types := make([]Type, len(catalogue))
	for i := range catalogue {
		types[i] = catalogue[i].kind
	}
	return types
}

// GuideTypes returns the eight types that the public integration guide has, in
// the order of the catalogue, as a fresh slice. Servers that are built from the
// guide have these and no others.
func GuideTypes() []Type { return Types()[:guideTypes:guideTypes] }

// InGuide reports whether t is one of GuideTypes.
func (t Type) InGuide() bool {
	for i := range guideTypes {
		if catalogue[i].kind == t {
			return true
		}
	}
	return false
}

// Known reports whether t is in the catalogue.
func (t Type) Known() bool { return byType[t] != nil }

// Name returns the dotted spelling, "tips.update": that of a node's filters and
// of its SSE lines. A type that is not in the catalogue is its own name.
func (t Type) Name() string {
	if r := byType[t]; r != nil {
		return r.name
	}
	return string(t)
}

// Priority returns the priority of t, AnyPriority for a type that is not in the
// catalogue.
func (t Type) Priority() Priority {
	if r := byType[t]; r != nil {
		return r.priority
	}
	return AnyPriority
}

// Lane returns the queue that events of t travel in: that of their priority,
// Medium for a type that the SDK does not know. Gap has no lane of its own, it
// concerns one; by itself it counts as High.
func (t Type) Lane() Priority {
	if p := t.Priority(); p != AnyPriority {
		return p
	}
	if t == TypeGap {
		return High
	}
	return Medium
}
