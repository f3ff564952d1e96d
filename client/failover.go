package client

import (
	"log/slog"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// proveTime is how much longer than Policy.Stable a try of another node may take to
// show that it is good: a node that is silent, too, must not keep the next one waiting.
const proveTime = 15 * time.Second

// This file is about the change from one node to another. They have no common sequence
// of events: facts go by id, states are read again, and of notices nobody can say which
// are missing or come twice.

// moves has everything go on at the node of c. old is the connection that delivered at
// another one, nil after an outage.
func (m *ConnectionManager) moves(a lifecycle.Adopt, c, old *connection) {
	if i := c.node.index; m.here.Swap(i) != i {
		m.loop.Move(c.node.dialer.REST()) // from now on no answer of the other one counts
	}
	if !a.Moved {
		return
	}
	m.counters.Moved(c.node.name)
	m.life.logs(slog.LevelInfo, "another node", slog.String("transport", c.transport.String()), slog.String("endpoint", c.node.name))
	from := c.opened
	switch {
	case old != nil && old.transport == fallback.Polling:
		return // the gap of polling speaks of its notices
	case old != nil:
		from = old.lastFrame()
	default:
		if g, open := m.life.gaps[events.GapByDisconnect]; open {
			from = g.From
		}
	}
	if m.consumers.family(events.AnyPriority, events.Notice) {
		m.queue.shut(m.gap(events.Gap{
			Cause: events.GapByFailover, Families: []events.Family{events.Notice}, From: from,
		}), time.Now())
	}
}

// replayApart is replay where old delivered at another node: of the notices those are
// handed on that came when old brought nothing any more.
func (m *ConnectionManager) replayApart(c *connection, t *trial) {
	last := m.clocks.read(&m.clocks.event)
	newest := make(map[events.Type]int)
	for i := range t.kept {
		newest[t.kept[i].Type] = i
	}
	for i := range t.kept {
		f := &t.kept[i]
		family := f.Type.Family()
		if family == events.State && newest[f.Type] != i || family == events.Notice && !f.Received.After(last) {
			m.skip(c, f)
		} else {
			m.receive(c, f)
		}
	}
}

// isUnproved reports whether a sign of life of t proves nothing, although it may be one
// of a server without beats: t is at another node than below, one that is known to send
// them, and its node may be dead.
func (m *ConnectionManager) isUnproved(t *trial, below *connection, f *transport.Frame) bool {
	n := m.nodes[t.to.Endpoint]
	return n != below.node && n.beats.Load() && t.to.Transport != fallback.Polling && !isBeat(t.stream, f)
}

// where names the node of c in a log line, if there are several.
func (m *ConnectionManager) where(c *connection) []slog.Attr {
	if c == nil || len(m.nodes) == 1 {
		return nil
	}
	return []slog.Attr{slog.String("endpoint", c.node.name)}
}
