package transport

import (
	"io"
	"sync"
	"time"

	"github.com/adic/adic-go/internal/block"
)

// A socket is the body of a 101, the connection itself, under watch and read
// ahead. The library reads it, frame by frame: it gets no byte of the next frame
// before it asks for that. So the messages that came with the one it has read
// can be taken from here, by claim: as they stand, without what it costs to
// read them. Whatever is no message in one frame, or not all there, is for the
// library: it alone reads from the connection, answers and judges.
//
// There is a buffer only while something is pending.
type socket struct {
	io.ReadWriteCloser

	life  *life
	limit int64 // bytes of a message that may be claimed

	mu      sync.Mutex
	buf     *[]byte // what has been read ahead is in buf[at:end]; nil: nothing has
	at, end int
	lent    *[]byte // has what was claimed last
	frames  framing // of what the library has read
	full    bool    // the last read filled its buffer: there is more
	err     error   // of the last read
}

// Read implements io.Reader. It does not read beyond the end of a frame.
func (s *socket) Read(p []byte) (int, error) {
	n, into, err := s.begin(p)
	if n > 0 || err != nil || len(p) == 0 {
		return n, err
	}
	to := p
	if into != nil {
		to = *into
	}
	n, err = s.life.read(s.ReadWriteCloser, to)
	return s.finish(p, into, n, err)
}

// begin returns what of a frame there is, or else the block to read into: none if
// that is p.
func (s *socket) begin(p []byte) (n int, into *[]byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.at < s.end:
		return s.take(p), nil, nil
	case s.err != nil:
		return 0, nil, s.err
	case s.full && len(p) < block.Size/4:
		return 0, block.Take(0), nil
	}
	return 0, nil, nil
}

// finish takes n bytes that were read into a block or p, and returns what of a
// frame there is.
func (s *socket) finish(p []byte, into *[]byte, n int, err error) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	if into != nil {
		s.full = n == block.Size
		s.buf, s.at, s.end = into, 0, n
		n = s.take(p)
	} else {
		s.full = n == len(p)
		all := p[:n]
		n = s.frames.take(all)
		if n < len(all) {
			s.buf = block.Take(0)
			s.at, s.end = 0, copy(*s.buf, all[n:])
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, err
}

// take copies to p what there is of a frame.
func (s *socket) take(p []byte) int {
	n := s.frames.take((*s.buf)[s.at:min(s.end, s.at+len(p))])
	copy(p, (*s.buf)[s.at:s.at+n])
	s.at += n
	s.drained()
	return n
}

// drained gives the buffer back if there is nothing in it and nobody has it.
func (s *socket) drained() {
	if s.at < s.end {
		return
	}
	if s.buf != s.lent {
		block.Give(s.buf)
	}
	s.buf = nil
}

// claim returns the messages that follow what the library has read, as whole
// frames, and when they came. They are nobody else's until the next call.
func (s *socket) claim() ([]byte, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lent != nil && s.lent != s.buf {
		block.Give(s.lent)
	}
	s.lent = nil
	if s.buf == nil {
		return nil, time.Time{}
	}
	pending := (*s.buf)[s.at:s.end]
	n := s.frames.run(pending, s.limit)
	if n == 0 {
		return nil, time.Time{}
	}
	s.lent = s.buf
	s.at += n
	s.drained()
	return pending[:n:n], s.life.lastByte()
}
