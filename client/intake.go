package client

import (
	"time"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// maxBatch is how many events the reader hands on at once, at most.
const maxBatch = 64

// An intake holds what the reader has received and not handed on: it is handed on
// when the stream is about to wait for bytes, so nothing is held while nothing
// comes. For each event it takes no lock, no clock and no atomic operation. It
// belongs to the reader.
type intake struct {
	stop  <-chan struct{} // closed when the run is to end
	arena arena
	batch []entry
	fates []fate // of a push; kept for its memory
	tally metrics.Input

	burst bool // a whole batch has come since the stream waited

	frame, event, wanted time.Time // when the last one was received; zero: none was

	tips    []byte // payload of the newest TipsUpdated
	news    bool   // there was a fact
	handled uint64 // bits of the kinds that REST can make up for and somebody handles, when that was looked at last
	facts   bool   // there is a fact among them
}

// flush hands on what the intake holds.
func (m *ConnectionManager) flush() {
	in := &m.intake
	if in.frame.IsZero() && len(in.batch) == 0 {
		return
	}
	m.clocks.mark(&m.clocks.frame, in.frame)
	m.clocks.mark(&m.clocks.event, in.event)
	m.clocks.mark(&m.clocks.wanted, in.wanted)
	in.frame, in.event, in.wanted = time.Time{}, time.Time{}, time.Time{}
	m.counters.AddInput(&in.tally) // before what becomes of it is counted
	if in.tips != nil {
		m.loop.Tips(in.tips)
		in.tips = nil
	}
	if in.news {
		m.loop.Sign() // where one was announced, others were not
		in.news = false
	}
	m.handOn()
	m.heed()
}

// handOn pushes the batch, and waits where a lane blocks.
func (m *ConnectionManager) handOn() {
	in := &m.intake
	for left := in.batch; len(left) > 0; {
		left, in.fates = m.queue.push(left, in.fates[:0])
		for i := range in.fates {
			m.pushed(&in.fates[i])
		}
		clear(in.fates)
		if len(left) > 0 {
			m.held()
		}
	}
	in.batch = in.batch[:0] // the next one takes its place, or shrink clears it
}

// park follows the last frame of what one read has brought.
func (m *ConnectionManager) park() {
	in := &m.intake
	quiet := !in.burst && len(in.batch) < maxBatch/8
	m.flush()
	in.burst = false
	if quiet {
		in.shrink()
	}
}

// shrink lets memory go that only a burst needs.
func (in *intake) shrink() {
	if cap(in.batch) >= maxBatch {
		in.batch, in.fates = nil, nil
	}
	clear(in.batch[:cap(in.batch)])
	in.arena = arena{}
}

// held waits until there is room in a lane that blocks, or until nothing more will
// be read. Beats are not missing while nobody reads them.
func (m *ConnectionManager) held() {
	room := m.queue.roomFor()
	if room == nil {
		return
	}
	var p *pulse.Pulse
	if c := m.current.Load(); c != nil {
		c.held.Store(true)
		defer c.held.Store(false)
		p = c.pulse.Load()
	}
	if p != nil {
		p.Held(time.Now())
	}
	select {
	case <-room:
	case <-m.intake.stop:
		m.queue.unblock()
	}
	if p != nil {
		p.Freed(time.Now())
	}
}

// heed looks whether handlers have come or gone: what nobody handles is not repaired.
func (m *ConnectionManager) heed() {
	if !m.intake.looks(&m.consumers) {
		return
	}
	if c := m.current.Load(); c != nil {
		m.repairs(c)
	}
}

// looks notes what the consumers handle. It reports whether that has changed.
func (in *intake) looks(c *consumers) bool {
	now, facts := uint64(0), false
	for _, of := range repairable {
		if c.wants(of) {
			now |= of.bit
			facts = facts || of.family == events.Fact
		}
	}
	if now == in.handled {
		return false
	}
	in.handled, in.facts = now, facts
	return true
}

// arenaSize is how much payload one chunk holds. An envelope that is kept for
// ever keeps at most its chunk.
const arenaSize = 16 << 10

// An arena copies payloads out of the reader's buffer into chunks that many
// events share. The first chunk is as large as the first payload, so that who gets
// an event now and then holds no more than that. The zero arena is ready to use.
type arena struct {
	chunk  []byte
	copied int
}

func (a *arena) copy(data []byte) []byte {
	if len(data) > arenaSize/4 {
		return append([]byte(nil), data...)
	}
	if len(data) > cap(a.chunk)-len(a.chunk) {
		a.chunk = make([]byte, 0, min(max(len(data), 2*a.copied), arenaSize))
	}
	n := len(a.chunk)
	a.copied += len(data)
	a.chunk = append(a.chunk, data...)
	return a.chunk[n:len(a.chunk):len(a.chunk)]
}

// undo takes back the copy that was made last.
func (a *arena) undo(data []byte) {
	if n := len(a.chunk) - len(data); len(data) <= arenaSize/4 && n >= 0 {
		a.chunk = a.chunk[:n]
	}
}
