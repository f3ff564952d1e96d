package transport

import (
	"encoding/binary"
	"math"
)

// The bits of a WebSocket frame's first two bytes.
const (
	finBit  = 0x80
	opBits  = 0x0f
	textOp  = 0x1
	contOp  = 0x0
	control = 0x8 // and above: what may stand within a message
	maskBit = 0x80
	lenBits = 0x7f

	len16, len64 = 126, 127 // the length follows, in two or eight bytes

	maxHeader = 14
)

// A framing knows where the frames of a WebSocket begin and end. It judges
// nothing: what is wrong with a frame, the library says.
type framing struct {
	head   [maxHeader]byte // of the frame under way
	n      int             // bytes of head so far; 0 when it is complete
	left   int64           // bytes of the payload under way
	within bool            // a message of several frames is under way
}

// take returns how many of the first bytes of b belong to the frame under way,
// or to the next one if none is. They are passed.
func (f *framing) take(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	at := 0
	if f.left == 0 {
		for at < len(b) && !f.header(b[at]) {
			at++
		}
		if f.n > 0 {
			return at
		}
		at++
	}
	n := int(min(f.left, int64(len(b)-at)))
	f.left -= int64(n)
	return at + n
}

// header takes one byte of a header, and reports whether that was the last.
func (f *framing) header(c byte) bool {
	f.head[f.n] = c
	f.n++
	if f.n < 2 || f.n < headerSize(f.head[1]) {
		return false
	}
	f.n = 0
	f.left = length(f.head[:])
	if op := f.head[0] & opBits; op < control {
		f.within = f.head[0]&finBit == 0
	}
	return true
}

// whole returns where in b, which begins with a frame, that one's payload begins
// and ends. It reports false for what needs more than a look: a frame that is not
// all there, is masked, longer than limit, or anything else but a message of its
// own.
func whole(b []byte, limit int64) (from, to int, ok bool) {
	if len(b) < 2 || b[0] != finBit|textOp || b[1] >= len64 {
		return 0, 0, false
	}
	if b[1] == len16 && len(b) < 4 {
		return 0, 0, false
	}
	from, to = payload(b)
	return from, to, to <= len(b) && int64(to-from) <= limit
}

// payload returns where the payload of the first frame of a run is in it.
func payload(b []byte) (from, to int) {
	if b[1] == len16 {
		return 4, 4 + int(binary.BigEndian.Uint16(b[2:]))
	}
	return 2, 2 + int(b[1])
}

// run returns how many bytes of b belong to whole frames in a row.
func (f *framing) run(b []byte, limit int64) int {
	if f.n > 0 || f.left > 0 || f.within {
		return 0
	}
	n := 0
	for {
		_, to, ok := whole(b[n:], limit)
		if !ok {
			return n
		}
		n += to
	}
}

// headerSize returns the size of a header from its second byte.
func headerSize(second byte) int {
	n := 2
	switch second & lenBits {
	case len16:
		n += 2
	case len64:
		n += 8
	}
	if second&maskBit != 0 {
		n += 4
	}
	return n
}

// length returns the length of the payload from a whole header.
func length(head []byte) int64 {
	switch n := head[1] & lenBits; n {
	case len16:
		return int64(binary.BigEndian.Uint16(head[2:]))
	case len64:
		return int64(min(binary.BigEndian.Uint64(head[2:]), math.MaxInt64))
	default:
		return int64(n)
	}
}
