package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A pipe is one direction of a connection: a bounded queue of bytes.
type pipe struct {
	limit int    // bytes it holds
	onCut func() // severs the other direction; called without the mutex; set if there can be a cut

	mu       sync.Mutex
	moved    sync.Cond // broadcast at each change
	buf      []byte    // buf[off:] waits for the reader
	off      int
	cut      int  // bytes until the end; negative: no end
	taken    bool // a Write is under way; others wait, so that none is torn
	frozen   bool // nothing passes, neither bytes nor news of the other end
	stranded bool // the same, for good
	pace     pace // what slows the bytes down
	reset    bool // both ends see ECONNRESET
	severed  bool // cut: the writer sees EPIPE, the reader the rest and EOF
	writerIn bool // the writer has ended its stream (FIN)
	writerNo bool // the writer's end has been closed
	readerNo bool // the reader's end has been closed

	reading, writing deadline
}

// A deadline belongs to one side of a pipe and is guarded by its mutex.
type deadline struct {
	at     time.Time // zero: none
	passed bool      // the timer has fired; at that very time it may be late
	turn   int       // of setDeadline; a timer of an earlier turn is void
	timer  *time.Timer
}

func (p *pipe) start(limit int) {
	p.limit = limit
	p.cut = -1
	p.moved.L = &p.mu
}

func (p *pipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.readerNo:
			return 0, net.ErrClosed
		case p.reset:
			return 0, os.NewSyscallError("read", syscall.ECONNRESET)
		case p.reading.overLocked():
			return 0, os.ErrDeadlineExceeded
		case len(b) == 0:
			return 0, nil
		case p.frozen || p.stranded:
		case p.off < len(p.buf):
			if n := p.pace.arrived(len(p.buf) - p.off); n > 0 {
				return p.takeLocked(b[:min(n, len(b))]), nil
			}
		case p.writerIn || p.severed:
			return 0, io.EOF
		}
		p.moved.Wait()
	}
}

// takeLocked moves bytes to the reader.
func (p *pipe) takeLocked(b []byte) int {
	n := copy(b, p.buf[p.off:])
	p.off += n
	p.pace.taken(n, len(p.buf)-p.off)
	if p.off == len(p.buf) {
		p.buf, p.off = p.buf[:0], 0
	}
	p.moved.Broadcast()
	return n
}

func (p *pipe) write(b []byte) (int, error) {
	n, cut, err := p.writeAll(b)
	if cut {
		p.onCut()
	}
	return n, err
}

// writeAll moves all of b, in as many steps as the reader makes necessary. It
// reports whether this write cut the connection.
func (p *pipe) writeAll(b []byte) (n int, cut bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err = p.waitLocked(func() bool { return !p.taken })
	if err != nil {
		return 0, false, err
	}
	p.taken = true
	defer func() {
		p.taken = false
		p.moved.Broadcast()
	}()
	for n < len(b) {
		err = p.waitLocked(func() bool { return len(p.buf)-p.off < p.limit })
		if err != nil {
			return n, false, err
		}
		n += p.putLocked(b[n:])
		if p.cut == 0 {
			p.severed, cut = true, true
			break
		}
	}
	if n < len(b) {
		err = os.NewSyscallError("write", syscall.EPIPE)
	}
	return n, cut, err
}

// waitLocked waits until ready holds or the writer has to be sent home.
func (p *pipe) waitLocked(ready func() bool) error {
	for {
		err := p.writeErrLocked()
		if err != nil || ready() {
			return err
		}
		p.moved.Wait()
	}
}

func (p *pipe) writeErrLocked() error {
	switch {
	case p.writerNo:
		return net.ErrClosed
	case p.reset:
		return os.NewSyscallError("write", syscall.ECONNRESET)
	case p.writing.overLocked():
		return os.ErrDeadlineExceeded
	case p.writerIn, p.severed, p.readerNo && !p.frozen && !p.stranded:
		return os.NewSyscallError("write", syscall.EPIPE)
	default:
		return nil
	}
}

// putLocked queues as much of b as fits before the limit and the cut.
func (p *pipe) putLocked(b []byte) int {
	n := min(len(b), p.limit-(len(p.buf)-p.off))
	if p.cut >= 0 {
		n = min(n, p.cut)
		p.cut -= n
	}
	if p.off > 0 && len(p.buf)+n > cap(p.buf) {
		p.buf = p.buf[:copy(p.buf, p.buf[p.off:])]
		p.off = 0
	}
	p.buf = append(p.buf, b[:n]...)
	if wait := p.pace.sent(n); wait > 0 {
		time.AfterFunc(wait, func() { p.change(func() {}) })
	}
	p.moved.Broadcast()
	return n
}

// change runs set under the mutex and wakes everybody.
func (p *pipe) change(set func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	set()
	p.moved.Broadcast()
}

func (p *pipe) freeze(on bool) { p.change(func() { p.frozen = on }) }
func (p *pipe) strand()        { p.change(func() { p.stranded = true }) }
func (p *pipe) abort()         { p.change(func() { p.reset = true }) }
func (p *pipe) sever()         { p.change(func() { p.severed = true }) }
func (p *pipe) closeWriter()   { p.change(func() { p.writerIn = true }) }

// closeReader drops what was not read, and the reader's deadline.
func (p *pipe) closeReader() {
	p.change(func() {
		p.readerNo = true
		p.buf, p.off = nil, 0
		p.reading.stopLocked()
	})
}

// refuseWriter makes writes fail as on a closed end, and drops their deadline.
func (p *pipe) refuseWriter() {
	p.change(func() {
		p.writerNo = true
		p.writing.stopLocked()
	})
}

// setDeadline arms one of the two deadlines of p.
func (p *pipe) setDeadline(d *deadline, t time.Time) {
	p.change(func() {
		d.stopLocked()
		d.at, d.passed = t, false
		if t.IsZero() || d.overLocked() {
			return
		}
		turn := d.turn
		d.timer = time.AfterFunc(time.Until(t), func() {
			p.change(func() { d.passed = d.passed || d.turn == turn })
		})
	})
}

func (d *deadline) overLocked() bool {
	return d.passed || !d.at.IsZero() && !time.Now().Before(d.at)
}

// stopLocked makes the timer void, whether it has fired or not.
func (d *deadline) stopLocked() {
	d.turn++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
