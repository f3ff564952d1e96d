package client

import "github.com/adic/adic-go/subscription/events"

// A kind is what the way of an event through the client depends on.
type kind struct {
	name   events.Type
	known  bool // it is in the catalogue
	lane   uint8
	family events.Family
	bit    uint64 // its own, of those in kinds; 0 for all others
}

// kinds are those of the catalogue, and the gap's.
var kinds = func() map[events.Type]*kind {
	m := make(map[events.Type]*kind)
	for i, t := range append(events.Types(), events.TypeGap) {
		k := newKind(t)
		k.bit = 1 << i // 0 from the 65th on
		m[t] = k
	}
	return m
}()

// repairable are the kinds that REST can make up for.
var repairable = func() (list []*kind) {
	for _, t := range events.Types() {
		if k := kinds[t]; k.family != events.Notice {
			list = append(list, k)
		}
	}
	return list
}()

func newKind(t events.Type) *kind {
	return &kind{name: t, known: t.Known(), lane: uint8(lane(t.Lane())), family: t.Family()}
}

// kindOf returns the kind of a type. That of one which nobody knows is not kept: a
// server could make up any number of them.
func kindOf(t events.Type) *kind {
	if k, ok := kinds[t]; ok {
		return k
	}
	return newKind(t)
}
