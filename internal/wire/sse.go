package wire

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// defaultLimit is the limit of an SSEReader that is given none.
const defaultLimit = 16 << 20

// An SSEEvent is one event of a stream, or one comment.
type SSEEvent struct {
	Name    string // the event field; "" if there was none, which stands for "message"
	Data    []byte // valid UTF-8, and valid until Next is called again
	Comment bool   // a sign of life: nothing else is set, and an event may be under way
	Invalid int    // how many U+FFFD stand in Name and Data for bytes that were no UTF-8
}

// A TooBigError says that an event is larger than a reader may keep. The reader
// that returns it is at its end.
type TooBigError struct {
	Limit int // in bytes
	Seen  int // bytes of the event when the reader gave up; the event may go on
}

// Error names both sizes.
func (e *TooBigError) Error() string {
	return fmt.Sprintf("wire: sse event is over the limit of %d bytes: %d seen", e.Limit, e.Seen)
}

// An SSEReader reads a stream of server-sent events, by the rules of the WHATWG
// text "9.2 Server-sent events": lines end in LF, CR or CRLF, a byte order mark
// may open the stream, an event that the end cuts off is dropped, and so is one
// without a data field. It never waits for a byte that it does not need: an
// event is returned when the end of its empty line has been read, be that the CR
// of a CRLF.
//
// Each byte is looked at and moved a bounded number of times, whatever the sizes
// of events and reads. The buffer grows to about three times the largest event.
//
// It is not safe for concurrent use.
type SSEReader struct {
	r     io.Reader
	limit int
	err   error // what Next returns when the buffer has no event any more

	// buf[pos:end] has not been looked at. buf[data:dataEnd] is the data of the
	// event under way: each further line of it is moved up to the one before,
	// which is always to the left of where it was read.
	buf     []byte  // idle or block
	block   *[]byte // nil: none was needed
	idle    [idleBuffer]byte
	pos     int
	end     int
	data    int
	dataEnd int
	lf, cr  int   // no LF is in buf[pos:lf] and no CR in buf[pos:cr]
	work    int64 // bytes looked at for the end of a line, or moved: what a test holds to the size of the stream

	started bool // a byte order mark has been passed, or would be data
	full    bool // the last read filled buf
	skipLF  bool // the last line ended in CR: a LF now belongs to it
	hasData bool
	name    string // of the event under way
	invalid int    // in name
	nextID  string // of the event under way
	id      string
	named   string // the last name that is not in the catalogue, kept for the next event
	retry   time.Duration
}

// NewSSEReader returns a reader of the stream r. It fails with a *TooBigError at
// an event with more than limit bytes of name and data, or a line that does not
// fit into that; a limit below 1 means 16 MiB.
func NewSSEReader(r io.Reader, limit int) *SSEReader {
	if limit < 1 {
		limit = defaultLimit
	}
	return &SSEReader{r: r, limit: limit}
}

// Retry returns the pause before the next connection that the server asked for
// last, 0 if it did not. It may be anything a server can write; who obeys it
// sets bounds.
func (r *SSEReader) Retry() time.Duration { return r.retry }

// LastID returns the last id so far, of the event that Next returned last or of
// one before it: what the next connection should send as Last-Event-ID. It is ""
// if there is none.
func (r *SSEReader) LastID() string { return r.id }

// Resume sets the id until the first id field: the LastID of the reader of the
// connection before.
func (r *SSEReader) Resume(id string) { r.id, r.nextID = id, id }

// Next returns the next event or comment. It returns io.EOF at the end of the
// stream, also within an event, which is then dropped; a *TooBigError; or else
// the error of the underlying reader. An error is final, and comes after all
// that was complete before it.
func (r *SSEReader) Next() (SSEEvent, error) {
	for {
		if ev, ok := r.whole(); ok {
			return ev, nil
		}
		line, ok := r.line()
		size := len(line)
		if !ok {
			size = r.end - r.pos
		}
		if !r.fits(size) {
			return SSEEvent{}, r.err
		}
		switch {
		case !ok && r.err != nil:
			r.fail(r.err)
			return SSEEvent{}, r.err
		case !ok:
			r.fill()
		case len(line) == 0:
			if ev, ok := r.dispatch(); ok {
				return ev, nil
			}
		case line[0] == ':':
			return SSEEvent{Comment: true}, nil
		default:
			r.field(line)
		}
	}
}

// fail makes err final, and forgets the event under way and all that has not
// been looked at.
func (r *SSEReader) fail(err error) {
	r.err = err
	r.pos, r.end, r.lf, r.cr = 0, 0, 0, 0
	r.hasData, r.name = false, ""
}

// fits fails if the event under way and a line of n bytes, or the part of one,
// are too much. The line may be longer than the limit by what stands before the
// data in it.
func (r *SSEReader) fits(n int) bool {
	size := n + len(r.name)
	if r.hasData {
		size += r.dataEnd - r.data
	}
	if size <= r.limit+len("data: ") {
		return true
	}
	r.fail(&TooBigError{Limit: r.limit, Seen: size})
	return false
}

// field takes a line that is neither empty nor a comment into the event under
// way.
func (r *SSEReader) field(line []byte) {
	field, value, _ := bytes.Cut(line, []byte(":"))
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	switch string(field) {
	case "data":
		r.add(value)
	case "event":
		r.name, r.invalid = r.intern(value)
	case "id":
		if bytes.IndexByte(value, 0) < 0 && string(value) != r.nextID {
			r.nextID = decoded(value)
		}
	case "retry":
		if d, ok := milliseconds(value); ok {
			r.retry = d
		}
	}
	if size := len(r.name) + r.dataEnd - r.data; r.hasData && size > r.limit {
		r.fail(&TooBigError{Limit: r.limit, Seen: size})
	}
}

// add takes a line of data, which ends where buf[:pos] has the line's end.
func (r *SSEReader) add(value []byte) {
	from := r.pos - 1 - len(value)
	if !r.hasData {
		r.hasData = true
		r.data, r.dataEnd = from, r.pos-1
		return
	}
	r.buf[r.dataEnd] = '\n' // the end of the line before, or something that was passed
	r.dataEnd++
	r.dataEnd += copy(r.buf[r.dataEnd:], value)
	r.work += int64(len(value))
}

// dispatch ends the event under way. It returns false if that has no data.
func (r *SSEReader) dispatch() (SSEEvent, bool) {
	r.id = r.nextID
	ev := SSEEvent{Name: r.name, Invalid: r.invalid}
	hasData := r.hasData
	r.name, r.invalid, r.hasData = "", 0, false
	if !hasData {
		return SSEEvent{}, false
	}
	ev.Data = r.buf[r.data:r.dataEnd:r.dataEnd]
	if !utf8.Valid(ev.Data) {
		var replaced int
		ev.Data, replaced = appendUTF8(nil, ev.Data)
		ev.Invalid += replaced
	}
	return ev, true
}

// intern returns value as a string, without an allocation if that is the name
// of a type or the last name that is not. It tells how much of it was no UTF-8.
func (r *SSEReader) intern(value []byte) (name string, invalid int) {
	if s, ok := spellings.find(value); ok {
		return s.name, 0
	}
	if !utf8.Valid(value) {
		fixed, n := appendUTF8(nil, value)
		return string(fixed), n
	}
	if string(value) != r.named {
		r.named = string(value)
	}
	return r.named, 0
}

// milliseconds reads a field of nothing but digits. What a Duration cannot hold
// becomes the longest one.
func milliseconds(value []byte) (time.Duration, bool) {
	if len(value) == 0 || strings.Trim(string(value), "0123456789") != "" {
		return 0, false
	}
	var d time.Duration
	for _, c := range value {
		digit := time.Duration(c-'0') * time.Millisecond
		if d > (math.MaxInt64-digit)/10 {
			return math.MaxInt64, true
		}
		d = 10*d + digit
	}
	return d, true
}
