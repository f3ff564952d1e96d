package client

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// This file finds out what it means when a connection is up and brings nothing:
//
//	2.5 beats are missing   a pair of pings, which wakes a socket that lag made deaf
//	one more                stale: the view cannot be trusted
//	then, on SSE            heartbeats without beats: the node is dead
//	then, on a WebSocket    an SSE connection tells: a beat, and the socket is deaf and
//	                        replaced; a heartbeat, and the node is dead; neither, and
//	                        one reconnect decides
//
// A dead node may answer REST, pings and probes, and does not mend by reconnecting.

const (
	pairPause = 5 * time.Millisecond // between the pings of a pair
	askAfter  = 10 * time.Second     // a stream without a word: what does it speak?
	blameFor  = time.Minute          // a stream without a word while there is news
)

// attend has c watched.
func (m *ConnectionManager) attend(c *connection) {
	switch {
	case !m.witnesses() || c.stream.Transport() == fallback.Polling:
	case hasBeats(c.stream):
		m.beats(c)
	default:
		c.spawn(func(ctx context.Context) { m.identify(ctx, c) })
	}
}

// beats notes that the server of c sends beats.
func (m *ConnectionManager) beats(c *connection) {
	if c.pulse.Load() == nil && m.witnesses() && c.pulse.CompareAndSwap(nil, pulse.New(c.opened, c.server)) {
		c.later(0, (&vigil{m: m, c: c}).look)
	}
}

// A vigil wakes a connection when beats are missing, and deals with it when that does
// not help. Between two looks it costs a timer.
type vigil struct {
	m     *ConnectionManager
	c     *connection
	waits *fallback.Ladder // between two experiments; nil before the first
	next  time.Time        // of the experiment
}

// look does what is due, and looks again when more may be.
func (v *vigil) look(ctx context.Context) {
	defer v.m.survive()
	verdict, again := v.c.pulse.Load().Look(time.Now())
	switch verdict {
	case pulse.Fine:
		v.next = time.Time{}
	case pulse.Wake:
		v.m.wake(ctx, v.c)
	case pulse.Stale:
		v.m.wake(ctx, v.c)
		v.m.stale(v.c)
		if now := time.Now(); !now.Before(v.next) {
			if v.m.judge(ctx, v.c) {
				return
			}
			if v.waits == nil {
				v.waits = fallback.New(fallback.Policy{Order: []fallback.Transport{fallback.SSE}}, rand.Float64)
			}
			now = time.Now()
			v.next = now.Add(v.waits.Next(now, fallback.Outcome{Transport: fallback.SSE, Kind: fallback.Failed}).Wait)
		}
	}
	v.c.later(time.Until(again), v.look)
}

// wake sends two pings: each lets a deaf socket take one look, and it needs two.
func (m *ConnectionManager) wake(ctx context.Context, c *connection) {
	c.woken.Store(time.Now().UnixNano())
	c.stream.Probe()
	if sleep(ctx, pairPause) {
		c.stream.Probe()
	}
}

// stale notes that the view cannot be trusted any more.
func (m *ConnectionManager) stale(c *connection) {
	if m.silence.begin(c.lastBeat()) {
		m.synced.Store(nil)
		m.say.say(slog.LevelWarn, "the node has fallen silent although the connection is up",
			slog.String("transport", c.stream.Transport().String()))
	}
}

// judge finds out whose the silence is. done says that c is to end.
func (m *ConnectionManager) judge(ctx context.Context, c *connection) (done bool) {
	if c.stream.Transport() == fallback.SSE {
		if c.lastFrame().After(c.lastBeat()) && c.stream.LastFrame().After(c.lastBeat()) {
			m.dies(c)
		}
		return false
	}
	found := m.experiment(ctx, c)
	if ctx.Err() != nil {
		return true // c has ended meanwhile
	}
	switch found {
	case replaced:
		return true
	case heartbeat:
		m.dies(c)
	case nothing:
		if m.silence.reconnect() {
			m.say.say(slog.LevelInfo, "reconnecting to a silent node")
			m.closing.Go(c.stream.Close)
			return true
		}
		m.dies(c)
	case recovered:
	}
	return false
}

// dies notes that the node is dead. The connection stays: it would be the same on
// another one, and this one tells when the node lives again.
func (m *ConnectionManager) dies(c *connection) {
	since, news := m.silence.die()
	if !news {
		return
	}
	g := m.gap(events.Gap{Cause: events.GapByDead, From: since})
	if !m.silence.tell(g) {
		m.queue.shut(g, time.Now())
		return
	}
	m.say.say(slog.LevelError, "the node is dead: connected, and without a word. What REST shows is read every 30 s")
	m.repairs(c)
}

// What an experiment shows.
type finding uint8

const (
	nothing   finding = iota // there is no SSE, or it is as silent
	heartbeat                // the node is dead
	replaced                 // the socket is deaf, and the other connection takes its place
	recovered                // the socket hears again
)

// experiment opens an SSE connection to see whether the node says more there.
func (m *ConnectionManager) experiment(ctx context.Context, c *connection) finding {
	if !m.opts.Fallback.Has(fallback.SSE) {
		return nothing
	}
	before := c.lastBeat()
	t := &trial{cause: events.GapByDeaf, since: before}
	if err := m.opens(ctx, fallback.SSE, t); err != nil {
		return nothing
	}
	defer context.AfterFunc(ctx, t.stream.Close)()
	for {
		frame, err := t.stream.Next()
		if err != nil {
			m.discard(t, err)
			return nothing
		}
		m.keep(t, &frame)
		switch {
		case c.lastBeat().After(before):
			m.discard(t, transport.ErrClosed)
			return recovered
		case frame.Kind == wire.Alive:
			m.discard(t, transport.ErrClosed)
			return heartbeat
		case frame.Kind == wire.Event && isBeat(t.stream, &frame):
			t.good.Store(true)
			m.offer(c, t)
			return replaced
		}
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
	silent, dead := m.silence.isStale(), false
	if silent {
		dead = m.speaks(c, f)
	}
	if isHole {
		m.hole(c, hole, dead)
	}
}

// speaks ends a silence. dead says that it was told as a gap.
func (m *ConnectionManager) speaks(c *connection, f *transport.Frame) (dead bool) {
	m.flush()
	g, dead := m.silence.end()
	m.disturbed()
	m.loop.Hole()
	if dead {
		m.queue.shut(g, f.Received)
	}
	m.say.say(slog.LevelInfo, "the node speaks again", slog.String("transport", c.stream.Transport().String()))
	m.repairs(c)
	return dead
}

// answers ends a silence when polling takes over: what answers is not dead, as far as
// can be seen without beats.
func (m *ConnectionManager) answers() {
	if m.silence.isStale() {
		if g, dead := m.silence.end(); dead {
			m.queue.shut(g, time.Now())
		}
	}
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
	known, asked := m.books.Figures().Known, false
	for waited := askAfter; ; waited += askAfter {
		if !sleep(ctx, askAfter) || c.pulse.Load() != nil || m.clocks.read(&m.clocks.event).After(c.opened) {
			return
		}
		if !asked && c.stream.Dialect() == wire.UnknownDialect {
			node, err := m.dialer.IsNode(ctx)
			if asked = err == nil; node {
				m.beats(c)
				return
			}
		}
		if waited >= blameFor && m.books.Figures().Known > known {
			m.say.once("", slog.LevelWarn,
				"not a single event in a minute while REST shows new messages: the server may not know the names that were asked for, or a proxy holds the stream back",
				slog.String("transport", c.stream.Transport().String()))
			return
		}
	}
}
