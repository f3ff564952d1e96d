package wire

// MessageID returns the value of the key "message_id" of a payload, which names
// the message that a MessageAdded or a MessageFinalized is about. It is false if
// there is none, or if it is empty or no string. Of two the last counts.
func MessageID(data []byte) (id string, ok bool) {
	raw := lastField(data, "message_id")
	if len(raw) <= len(`""`) || raw[0] != '"' {
		return "", false
	}
	return unquote(raw), true
}
