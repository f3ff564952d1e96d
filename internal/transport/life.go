package transport

import (
	"io"
	"sync/atomic"
	"time"
)

// A life knows when the last byte came and since when one is being waited for.
// While nobody reads nothing can come, so that is not silence.
type life struct {
	start  time.Time    // of the clock that the numbers count on
	last   atomic.Int64 // the last byte, ns after start; 0 is the opening itself
	parked atomic.Int64 // when the pending read began; negative: none is pending
	some   atomic.Bool  // there was a byte since the opening
}

func newLife() *life {
	l := &life{start: time.Now()}
	l.parked.Store(-1)
	return l
}

// lastByte returns when the last byte came, or the opening if none did.
func (l *life) lastByte() time.Time { return l.start.Add(time.Duration(l.last.Load())) }

// quiet returns for how long a read has been waiting without a byte.
func (l *life) quiet(now time.Time) time.Duration {
	parked := l.parked.Load()
	if parked < 0 {
		return 0
	}
	return now.Sub(l.start) - time.Duration(max(parked, l.last.Load()))
}

// waits reports whether a read is pending.
func (l *life) waits() bool { return l.parked.Load() >= 0 }

// stalled reports whether whoever reads has been busy with something else for
// some time.
func (l *life) stalled(now time.Time) bool {
	return l.parked.Load() < 0 && now.Sub(l.lastByte()) >= time.Second
}

// read reads from r and keeps the books.
func (l *life) read(r io.Reader, p []byte) (int, error) {
	l.parked.Store(int64(time.Since(l.start)))
	n, err := r.Read(p)
	l.parked.Store(-1)
	if n > 0 {
		l.last.Store(int64(time.Since(l.start)))
		l.some.Store(true)
	}
	return n, err
}

// A readFunc is an io.Reader.
type readFunc func(p []byte) (int, error)

// Read implements io.Reader.
func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// An end is why a stream ended, once and for all.
type end struct {
	done chan struct{} // closed with the first cause
	err  atomic.Pointer[error]
}

func newEnd() *end { return &end{done: make(chan struct{})} }

// because ends the stream for the reason err. It reports whether that was the
// first one; later ones do not count.
func (e *end) because(err error) bool {
	first := e.err.CompareAndSwap(nil, &err)
	if first {
		close(e.done)
	}
	return first
}

// cause returns the reason, nil while there is none.
func (e *end) cause() error {
	if err := e.err.Load(); err != nil {
		return *err
	}
	return nil
}
