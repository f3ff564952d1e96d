package client

import (
	"errors"
	"log/slog"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// receive is what the reader does with one frame: clocks, filter, dedupe,
// count, intake. It runs no code of the application, and waits for nothing but room
// in a lane that blocks.
func (m *ConnectionManager) receive(c *connection, f *transport.Frame) {
	if f.Renewed { // it was asked again in another spelling, before its first event
		m.flush()
		m.disturbed()
		m.queue.shut(m.gap(events.Gap{Cause: events.GapBySwitch, From: c.opened}), f.Received)
		m.warnMissing(c.node, c.stream.Transport())
		m.loop.Hole()
	}
	switch f.Kind {
	case wire.Event:
		k := kindOf(f.Type)
		m.arrived(c, f, k)
		if !m.skipped(c, f) {
			m.event(f, k)
		}
	case wire.Alive:
		m.alive(c, f)
		if c.stream.Transport() == fallback.Polling { // a finished poll is news, even if it brought none
			m.intake.event = f.Received
			m.counters.Polled()
			m.loop.Sign()
		}
	case wire.Garbage:
		m.alive(c, f)
		m.garbage(c, f)
	case wire.Refusal:
		m.alive(c, f)
		m.say.once(f.Text, slog.LevelWarn, "the server reports an error",
			slog.String("transport", c.stream.Transport().String()), slog.String("text", f.Text))
	case wire.Subscribed, wire.Unsubscribed, wire.Pong:
		m.alive(c, f)
	}
}

// alive notes what any frame proves.
func (m *ConnectionManager) alive(c *connection, f *transport.Frame) {
	m.intake.frame = f.Received
	m.intake.tally.Bytes(c.transport, f.Size)
	if !c.good {
		c.good = m.isProof(c.stream, f, c.opened)
	}
}

// arrived notes what any event proves.
func (m *ConnectionManager) arrived(c *connection, f *transport.Frame, k *kind) {
	m.alive(c, f)
	m.intake.tally.Received(f.Type, f.Size, f.Received)
	m.intake.event = f.Received
	if k.family == events.State && isBeat(c.stream, f) {
		m.beat(c, f)
	}
}

// skipped reports whether the connection before c has delivered f.
func (m *ConnectionManager) skipped(c *connection, f *transport.Frame) bool {
	for _, o := range c.met() {
		o.old(f)
	}
	one, differs := c.skips.take(f)
	if one {
		m.intake.tally.Duplicate()
	} else if differs {
		m.uncut(c, f.Type.Lane())
	}
	return one
}

// skip is receive for an event that was handed on by another connection, or that
// a newer one has replaced.
func (m *ConnectionManager) skip(c *connection, f *transport.Frame) {
	m.arrived(c, f, kindOf(f.Type))
	m.intake.tally.Duplicate()
}

// event passes one event on, if somebody wants it and nobody had it yet.
func (m *ConnectionManager) event(f *transport.Frame, k *kind) {
	in := &m.intake
	if !k.known {
		m.say.once(string(f.Type), slog.LevelInfo, "a type the SDK does not know arrives raw",
			slog.String("type", string(f.Type)))
	}
	if k.family == events.State {
		m.witness(f)
	}
	if !m.consumers.wants(k) {
		in.tally.Filtered()
		return
	}
	in.wanted = f.Received
	if f.Replaced > 0 {
		m.counters.Garbage("utf8")
		m.say.once(string(f.Type), slog.LevelWarn, "a payload is not UTF-8: what is wrong in it was replaced by U+FFFD",
			slog.String("type", string(f.Type)))
	}
	in.batch = append(in.batch, entry{of: k, env: events.Envelope{
		Type: f.Type, Data: in.arena.copy(f.Data), Time: f.Time, Received: f.Received, Origin: f.Origin,
	}})
	if e := &in.batch[len(in.batch)-1]; k.family == events.Fact && m.duplicate(f, e) {
		in.tally.Duplicate()
		in.arena.undo(e.env.Data)
		*e = entry{}
		in.batch = in.batch[:len(in.batch)-1]
	}
	if len(in.batch) == maxBatch {
		in.burst = true
		m.flush()
	}
}

// pushed follows an event into its lane: another one may have had to leave it, or
// there was no place for it.
func (m *ConnectionManager) pushed(f *fate) {
	t := f.entry.env.Type
	switch {
	case f.coalesced:
		m.counters.Coalesced(t.Lane())
		return
	case f.owed:
		m.counters.Deferred()
	default:
		m.counters.Dropped(t.Lane())
		if f.entry.id != "" {
			m.books.Lost(f.entry.fact, f.entry.id)
		}
		m.loop.Due(t)
	}
	if f.opened {
		m.counters.Gap(string(events.GapByOverflow))
		m.overflows(t)
	}
}

// overflows says that a lane is full, and whose handlers run.
func (m *ConnectionManager) overflows(t events.Type) {
	running, onState := m.queue.running()
	handler := string(running)
	if onState {
		handler = "OnState"
	}
	m.say.once(t.Lane().String(), slog.LevelWarn,
		"handlers are slower than the stream: events of a full lane are dropped, and told as a gap",
		slog.String("lane", t.Lane().String()), slog.String("running", handler))
}

// duplicate reports whether f is a fact that was handed on before, and notes in its
// entry which it is. Facts have ids; nothing else may be taken for a double, equal
// events can be different facts.
func (m *ConnectionManager) duplicate(f *transport.Frame, e *entry) bool {
	fact, id, ok := factOf(f.Type, e.env.Data)
	if !ok {
		return false
	}
	e.fact, e.id = fact, id
	fresh, ready := m.books.Announced(fact, id, m.happened(f))
	e.ready = ready
	m.intake.news = m.intake.news || fresh
	return !fresh
}

// future is how far ahead of the server's clock the time of an event may be.
const future = time.Minute

// happened returns when, as far as f tells: by the server's clock, or else when it
// came. One event with a wrong time does not make the clock a wrong one.
func (m *ConnectionManager) happened(f *transport.Frame) time.Time {
	if now := m.nodes[m.here.Load()].dialer.REST().At(f.Received); !f.Time.IsZero() && f.Time.After(now.Add(future)) {
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
