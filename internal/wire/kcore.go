package wire

// FinalizedCount returns the value of the key "finalized_count" of a payload,
// with which a KCoreUpdated counts the messages that are final. It is false if
// there is none, or if it is not an integer of 0 to 2^64-1 written as one, as for
// encoding/json. Of two the last counts.
func FinalizedCount(data []byte) (n uint64, ok bool) {
	return natural(lastField(data, "finalized_count"))
}

// lastField returns the value of a key of the object data as it is written there,
// nil if there is none.
func lastField(data []byte, name string) (raw []byte) {
	s := scanner{b: data}
	s.space()
	if s.peek() != '{' {
		return nil
	}
	s.pos++
	for first := true; ; first = false {
		key, more, ok := s.member(first)
		if !ok {
			return nil
		}
		if !more {
			return raw
		}
		start := s.pos
		if !s.value(1) {
			return nil
		}
		if string(key) == name {
			raw = s.b[start:s.pos]
		}
	}
}

// natural returns the number that raw, a JSON value, consists of.
func natural(raw []byte) (n uint64, ok bool) {
	const most = ^uint64(0)
	for _, c := range raw {
		digit := uint64(c - '0')
		if digit > 9 || n > (most-digit)/10 {
			return 0, false
		}
		n = 10*n + digit
	}
	return n, len(raw) > 0
}
