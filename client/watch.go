package client

import (
	"context"
	"log/slog"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// This file finds out how the running connection is: from its beats, or from their
// absence. What follows from that is said by package lifecycle.

const (
	pairPause = 5 * time.Millisecond // between the pings of a pair
	blameFor  = time.Minute          // a stream without a word while there is news
)

// evidence is what is known of the running connection.
func (m *ConnectionManager) evidence() lifecycle.Tick {
	l, c := &m.life, m.current.Load()
	if c == nil {
		return lifecycle.Tick{}
	}
	in := lifecycle.Tick{
		Of: c.gen, Frame: l.mono(c.lastFrame()), Beat: l.mono(c.lastBeat()), Held: c.held.Load(),
		Spoken: m.clocks.read(&m.clocks.event).After(c.opened),
	}
	if p := c.pulse.Load(); p != nil {
		in.Spoken = true
		if now := time.Now(); l.state.Look <= l.mono(now) {
			verdict, again := p.Look(now)
			in.Looked, in.Verdict, in.Again = true, verdict, l.mono(again)
		}
	}
	return in
}

// beats notes that the server of c sends beats.
func (m *ConnectionManager) beats(c *connection) {
	if c.pulse.Load() == nil && m.witnesses() {
		c.node.beats.Store(true)
		c.pulse.CompareAndSwap(nil, pulse.New(c.opened, c.server))
	}
}

// wake sends two pings: each lets a deaf socket take one look, and it needs two.
func (m *ConnectionManager) wake(c *connection) {
	c.woken.Store(time.Now().UnixNano())
	c.stream.Probe()
	if sleep(m.life.run, pairPause) {
		c.stream.Probe()
	}
}

// beat is what the reader does with a beat of c.
func (m *ConnectionManager) beat(c *connection, f *transport.Frame) {
	m.beats(c)
	m.clocks.mark(&m.clocks.beat, f.Received)
	switch f.Type {
	case events.TypeTipsUpdated:
		m.clocks.mark(&m.clocks.tips, f.Received)
	case events.TypeKCoreUpdated:
		m.clocks.mark(&m.clocks.kcore, f.Received)
	default:
		return
	}
	p := c.pulse.Load()
	if p == nil {
		return
	}
	hole, isHole := p.Beat(f.Type, f.Time, f.Received)
	dead := false
	if m.life.isStale() {
		dead = m.speaks(c, f)
	}
	if isHole {
		m.hole(c, hole, dead)
	}
}

// speaks ends a silence. dead says that it was told as a gap.
func (m *ConnectionManager) speaks(c *connection, f *transport.Frame) (dead bool) {
	m.flush()
	l := &m.life
	l.mu.Lock()
	defer m.unlock()
	dead = l.state.Silence.Dead
	m.steps(lifecycle.Spoke{Of: c.gen, At: l.mono(f.Received)})
	return dead
}

// hole tells that a lane has left out beats, and with them nobody knows what.
func (m *ConnectionManager) hole(c *connection, h pulse.Hole, told bool) {
	m.flush()
	m.disturbed()
	for _, t := range events.Types() {
		if t.Family() == events.State && t.Lane() == h.Lane {
			m.loop.Due(t)
		}
	}
	defer m.loop.Hole() // when the gap has been told
	cause := events.GapByStall
	if woken := c.woken.Load(); woken > h.From.UnixNano() && woken < h.To.UnixNano() {
		cause = events.GapByDeaf
	}
	if !told && len(m.consumers.families(h.Lane)) > 0 {
		m.queue.shut(m.gap(events.Gap{Cause: cause, Lane: h.Lane, From: h.From}), h.To)
	}
}

// identify finds out what the server of a stream speaks that says nothing, and
// says what may be the cause if there is news all the while.
func (m *ConnectionManager) identify(ctx context.Context, c *connection) {
	if !c.identified.Load() && c.stream.Dialect() == wire.UnknownDialect {
		node, err := c.node.dialer.IsNode(ctx)
		c.identified.Store(err == nil)
		if node {
			m.beats(c)
			return
		}
	}
	if time.Since(c.opened) >= blameFor && m.books.Figures().Known > c.known {
		m.say.once("", slog.LevelWarn,
			"not a single event in a minute while REST shows new messages: the server may not know the names that were asked for, or a proxy holds the stream back",
			slog.String("transport", c.transport.String()))
	}
}

// isProof reports whether f makes a stream good: it is a beat, or, where there are
// none, a sign of life that comes Stable after the opening.
func (m *ConnectionManager) isProof(s transport.Stream, f *transport.Frame, opened time.Time) bool {
	if m.witnesses() && hasBeats(s) {
		return isBeat(s, f)
	}
	return f.Received.Sub(opened) >= m.opts.Fallback.Stable
}

// isBeat reports whether f proves stream and node alive.
func isBeat(s transport.Stream, f *transport.Frame) bool {
	return s.Transport() != fallback.Polling && wire.IsBeat(s.Dialect(), f.Type)
}

// hasBeats reports whether the server of s is known to send beats.
func hasBeats(s transport.Stream) bool {
	return s.Transport() != fallback.Polling && wire.HasBeats(s.Dialect())
}
