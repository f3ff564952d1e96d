package wire

import (
	"bytes"
	"errors"
	"io"

	"github.com/adic/adic-go/internal/block"
)

const (
	idleBuffer = 512 // what a connection without anything to read holds
	maxEmpty   = 100 // reads in a row that bring nothing and no error
)

// mark is the byte order mark that may open a stream.
const mark = "\uFEFF"

// line returns the next line without its end, false if the buffer has no whole
// one.
func (r *SSEReader) line() ([]byte, bool) {
	if r.skipLF && r.pos < r.end {
		r.skipLF = false
		if r.buf[r.pos] == '\n' {
			r.pos++
		}
	}
	if !r.started && r.end >= len(mark) {
		r.started = true
		if string(r.buf[:len(mark)]) == mark {
			r.pos = len(mark)
		}
	}
	unread := r.buf[:r.end]
	r.lf = r.find(unread, max(r.lf, r.pos), '\n')
	r.cr = r.find(unread, max(r.cr, r.pos), '\r')
	stop := min(r.lf, r.cr)
	if stop == r.end {
		return nil, false
	}
	line := unread[r.pos:stop]
	r.skipLF = stop == r.cr
	r.pos = stop + 1
	r.started = true
	return line, true
}

// find returns where c is first in b, at from or after it; len(b) if nowhere.
func (r *SSEReader) find(b []byte, from int, c byte) int {
	if from < len(b) && b[from] == c {
		return from
	}
	to := len(b)
	if i := bytes.IndexByte(b[from:], c); i >= 0 {
		to = from + i
	}
	r.work += int64(to - from)
	return to
}

// fill reads once, or sets err.
func (r *SSEReader) fill() {
	r.makeRoom()
	for range maxEmpty {
		n, err := r.r.Read(r.buf[r.end:])
		if n < 0 || n > len(r.buf)-r.end {
			n, err = 0, errors.New("wire: sse: reader returned an impossible count")
		}
		r.full = n == len(r.buf)-r.end
		r.end += n
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

// makeRoom sees to it that buf has room after end. While little comes, that is
// idle; when a read has filled it, there is more, and a block is taken for that.
// What is free before and between data and line is reclaimed only if it is a
// quarter of the buffer, so that a byte is moved a few times at most; else the
// buffer doubles.
func (r *SSEReader) makeRoom() {
	keep := 0
	if r.hasData {
		keep = r.dataEnd - r.data + 1 // and the LF that may follow
	}
	used := keep + r.end - r.pos
	switch {
	case used == 0 && !r.full:
		r.move(nil, keep)
	case r.full && len(r.buf) < block.Size, used == 0 && len(r.buf) > block.Size:
		r.move(block.Take(0), keep)
	case used == 0:
		r.slide(r.buf, keep)
	case r.end < len(r.buf):
	case len(r.buf)-used >= len(r.buf)/4:
		r.slide(r.buf, keep)
	default:
		r.move(block.Take(2*len(r.buf)), keep)
	}
}

// move makes b the buffer, idle if that is nil.
func (r *SSEReader) move(b *[]byte, keep int) {
	if b != nil {
		r.slide(*b, keep)
	} else {
		r.slide(r.idle[:], keep)
	}
	block.Give(r.block)
	r.block = b
}

// slide copies the data of the event under way, which takes keep bytes with what
// follows it, and what has not been looked at to the front of buf.
func (r *SSEReader) slide(buf []byte, keep int) {
	if keep > 0 {
		copy(buf, r.buf[r.data:r.dataEnd])
		r.data, r.dataEnd = 0, keep-1
	}
	copy(buf[keep:], r.buf[r.pos:r.end])
	r.work += int64(keep + r.end - r.pos)
	by := r.pos - keep
	r.pos, r.end = keep, r.end-by
	r.lf, r.cr = r.lf-by, r.cr-by
	r.buf = buf
}
