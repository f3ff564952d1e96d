package client

import (
	"errors"
	"log/slog"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// receive is what the reader does with one frame: clocks, filter, dedupe,
// count, queue. It runs no code of the application and waits for nothing.
func (m *ConnectionManager) receive(c *connection, f *transport.Frame) {
	m.alive(c, f)
	if f.Renewed { // it was asked again in another spelling, before its first event
		m.disturbed()
		m.queue.shut(m.gap(events.Gap{Cause: events.GapBySwitch, From: c.opened}), f.Received)
		m.warnMissing(c.stream.Transport())
		m.loop.Hole()
	}
	switch f.Kind {
	case wire.Event:
		for _, o := range c.met() {
			o.old(f)
		}
		if one, differs := c.skips.take(f); one {
			m.counters.Duplicate()
			return
		} else if differs {
			m.uncut(c, f.Type.Lane())
		}
		m.event(f)
	case wire.Alive:
		if c.stream.Transport() == fallback.Polling { // a finished poll is news, even if it brought none
			m.clocks.mark(&m.clocks.event, f.Received)
			m.counters.Polled()
			m.loop.Sign()
		}
	case wire.Garbage:
		m.garbage(c, f)
	case wire.Refusal:
		m.say.once(f.Text, slog.LevelWarn, "the server reports an error",
			slog.String("transport", c.stream.Transport().String()), slog.String("text", f.Text))
	case wire.Subscribed, wire.Unsubscribed, wire.Pong:
	}
}

// alive notes what any frame proves.
func (m *ConnectionManager) alive(c *connection, f *transport.Frame) {
	m.clocks.mark(&m.clocks.frame, f.Received)
	m.counters.Bytes(c.stream.Transport(), f.Size)
	if !c.good {
		c.good = m.proves(c.stream, f, c.opened)
	}
	if f.Kind != wire.Event {
		return
	}
	m.counters.Received(f.Type, f.Size, f.Received)
	m.clocks.mark(&m.clocks.event, f.Received)
	if isBeat(c.stream, f) {
		m.beat(c, f)
	}
}

// skip is receive for an event that was handed on by another connection, or that
// a newer one has replaced.
func (m *ConnectionManager) skip(c *connection, f *transport.Frame) {
	m.alive(c, f)
	m.counters.Duplicate()
}

// event passes one event on, if somebody wants it and nobody had it yet.
func (m *ConnectionManager) event(f *transport.Frame) {
	if !f.Type.Known() {
		m.say.once(string(f.Type), slog.LevelInfo, "a type the SDK does not know arrives raw",
			slog.String("type", string(f.Type)))
	}
	wanted := m.consumers.match(f.Type)
	var data []byte
	if wanted || f.Type.Family() == events.State {
		data = m.arena.copy(f.Data)
	}
	m.witness(f, data)
	if !wanted {
		m.counters.Filtered()
		return
	}
	m.clocks.mark(&m.clocks.wanted, f.Received)
	if f.Replaced > 0 {
		m.counters.Garbage("utf8")
		m.say.once(string(f.Type), slog.LevelWarn, "a payload is not UTF-8: what is wrong in it was replaced by U+FFFD",
			slog.String("type", string(f.Type)))
	}
	if m.duplicate(f) {
		m.counters.Duplicate()
		return
	}
	m.pushed(m.queue.push(events.Envelope{
		Type: f.Type, Data: data, Time: f.Time, Received: f.Received, Origin: f.Origin,
	}))
}

// pushed follows an event into its lane: another one may have had to leave it.
func (m *ConnectionManager) pushed(f fate) {
	if f.lost == nil {
		return
	}
	t := f.lost.Type
	switch {
	case f.owed:
		m.counters.Deferred()
	default:
		m.counters.Dropped(t.Lane())
		if k, id, ok := factOf(f.lost.Type, f.lost.Data); ok {
			m.books.Lost(k, id)
		}
		m.loop.Due(t)
	}
	if f.opened {
		m.counters.Gap(string(events.GapByOverflow))
	}
	m.say.once(t.Lane().String(), slog.LevelWarn,
		"handlers are slower than the stream: the oldest events of a full lane are dropped, and told as a gap",
		slog.String("lane", t.Lane().String()))
}

// duplicate reports whether f is a fact that was handed on before. Facts have
// ids; nothing else may be taken for a double, equal events can be different
// facts.
func (m *ConnectionManager) duplicate(f *transport.Frame) bool {
	kind, id, ok := factOf(f.Type, f.Data)
	if !ok {
		return false
	}
	note := m.books.Added
	if kind == repair.Finalized {
		note = m.books.Finalized
	}
	fresh := note(id, m.happened(f))
	if fresh {
		m.loop.Sign() // where one was announced, others were not
	}
	return !fresh
}

// future is how far ahead of the server's clock the time of an event may be.
const future = time.Minute

// happened returns when, as far as f tells: by the server's clock, or else when it
// came. One event with a wrong time does not make the clock a wrong one.
func (m *ConnectionManager) happened(f *transport.Frame) time.Time {
	if now := m.dialer.REST().Now(); !f.Time.IsZero() && f.Time.After(now.Add(future)) {
		return now
	}
	if f.Time.IsZero() {
		return f.Received
	}
	return f.Time
}

// garbage counts what could not be understood; the stream goes on.
func (m *ConnectionManager) garbage(c *connection, f *transport.Frame) {
	reason := "unknown"
	var g *wire.GarbageError
	if errors.As(f.Err, &g) {
		reason = g.Reason.String()
	}
	m.counters.Garbage(reason)
	m.say.once(reason, slog.LevelWarn, "the server sent what is not an event; it is skipped",
		slog.String("transport", c.stream.Transport().String()), slog.Any("error", f.Err))
}

// proves reports whether f makes a stream good: it is a beat, or, where there are
// none, a sign of life that comes Stable after the opening.
func (m *ConnectionManager) proves(s transport.Stream, f *transport.Frame, opened time.Time) bool {
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

// arenaSize is how much payload one chunk holds. An envelope that is kept for
// ever keeps at most its chunk.
const arenaSize = 16 << 10

// An arena copies payloads out of the reader's buffer into chunks that many
// events share. The zero arena is ready to use.
type arena struct{ chunk []byte }

func (a *arena) copy(data []byte) []byte {
	if len(data) > arenaSize/4 {
		return append([]byte(nil), data...)
	}
	if len(data) > cap(a.chunk)-len(a.chunk) {
		a.chunk = make([]byte, 0, arenaSize)
	}
	n := len(a.chunk)
	a.chunk = append(a.chunk, data...)
	return a.chunk[n:len(a.chunk):len(a.chunk)]
}
