package wire

// MessageID returns the value of the key "message_id" of a payload, which names
// the message that a MessageAdded or a MessageFinalized is about. It is false if
// there is none, or if it is empty or no string. Of two the last counts.
func MessageID(data []byte) (id string, ok bool) {
	s := scanner{b: data}
	s.space()
	if s.peek() != '{' {
		return "", false
	}
	s.pos++
	var raw []byte
	for first := true; ; first = false {
		key, more, ok := s.member(first)
		if !ok {
			return "", false
		}
		if !more {
			break
		}
		start := s.pos
		if !s.value(1) {
			return "", false
		}
		if string(key) == "message_id" {
			raw = s.b[start:s.pos]
		}
	}
	if len(raw) <= len(`""`) || raw[0] != '"' {
		return "", false
	}
	return unquote(raw), true
}
