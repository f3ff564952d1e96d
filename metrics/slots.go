package metrics

import "github.com/adic/adic-go/subscription/events"

const (
	types  = 64  // can have a counter of their own, without a label
	places = 256 // of the table that finds it; a power of two
)

// known lists the types that have a counter of their own, places says where they
// stand in it, plus one; 0 is nowhere. It is a hash table that is filled once.
var known, table = func() (known []events.Type, table [places]uint8) {
	known = events.Types()
	known = known[:min(types, len(known))]
	for i, t := range known {
		at := place(t)
		for table[at] != 0 {
			at = (at + 1) % places
		}
		table[at] = uint8(i + 1)
	}
	return known, table
}()

// slotOf returns the counter of t, if it has one.
func slotOf(t events.Type) (i int, ok bool) {
	for at := place(t); table[at] != 0; at = (at + 1) % places {
		if i = int(table[at] - 1); known[i] == t {
			return i, true
		}
	}
	return 0, false
}

// place returns where the search for t begins. It looks at three bytes and the
// length: a map that hashes all of it costs several times as much.
func place(t events.Type) uint {
	n := uint(len(t))
	if n == 0 {
		return 0
	}
	const spread = 31
	return (uint(t[0])*spread*spread + uint(t[n/2])*spread + uint(t[n-1]) + n) % places
}
