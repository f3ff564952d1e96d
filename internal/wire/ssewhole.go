package wire

import "unicode/utf8"

// How a server writes an event that is its name and one line of data.
const (
	nameLine = "event: "
	dataLine = "data: "
)

// whole moves past the next event, if that is all there, has one line of data and
// nothing but its name before it, and none is under way. All lines end in LF.
func (r *SSEReader) whole() (SSEEvent, bool) {
	if r.hasData || r.name != "" || r.skipLF || !r.started {
		return SSEEvent{}, false
	}
	unread := r.buf[:r.end]
	r.cr = r.find(unread, max(r.cr, r.pos), '\r')
	r.lf = r.find(unread, max(r.lf, r.pos), '\n')
	at, stop := r.pos, r.lf
	var ev SSEEvent
	if name, ok := after(unread[at:stop], nameLine); ok {
		ev.Name, ev.Invalid = r.intern(name)
		at = min(stop+1, r.end)
		stop = r.find(unread, at, '\n')
	}
	var ok bool
	ev.Data, ok = after(unread[at:stop], dataLine)
	end := stop + 2
	if !ok || end > r.cr || unread[stop+1] != '\n' || end-r.pos > r.limit || !utf8.Valid(ev.Data) {
		return SSEEvent{}, false
	}
	r.pos, r.id, r.invalid = end, r.nextID, 0
	return ev, true
}

// after returns what follows prefix in b, with nothing behind it.
func after(b []byte, prefix string) ([]byte, bool) {
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return nil, false
	}
	return b[len(prefix):len(b):len(b)], true
}
