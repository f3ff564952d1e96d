package wire

import (
	"bytes"
	"unsafe"
)

const (
	idKey   = `"message_id"`
	idFirst = `{"message_id":"` // how a node begins
)

// MessageID returns the value of the key "message_id" of a payload, which names
// the message that a MessageAdded or a MessageFinalized is about. It is false if
// there is none, or if it is empty or no string. Of two the last counts. data must
// be valid JSON that is not modified any more: the id may share its memory.
func MessageID(data []byte) (id string, ok bool) {
	if id, ok = firstID(data); ok {
		return id, true
	}
	raw := lastField(data, "message_id")
	if len(raw) <= len(`""`) || raw[0] != '"' {
		return "", false
	}
	return unquote(raw), true
}

// firstID is MessageID for what a node writes: the id comes first and only once, and
// all is plain.
func firstID(data []byte) (string, bool) {
	rest, ok := bytes.CutPrefix(data, []byte(idFirst))
	if !ok {
		return "", false
	}
	end := bytes.IndexByte(rest, '"')
	if end <= 0 || rest[len(rest)-1] != '}' || !plain(rest) || bytes.Contains(rest[end:], []byte(idKey)) {
		return "", false
	}
	return unsafe.String(unsafe.SliceData(rest), end), true //nolint:gosec // the doc says so
}
