package client

import (
	"log/slog"
	"slices"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/subscription/events"
)

// This file tells what the state has to tell: gaps to the application, news to an
// operator.

// gap opens a gap, and counts it.
func (m *ConnectionManager) gap(g events.Gap) events.Gap {
	m.counters.Gap(string(g.Cause))
	return m.queue.open(g)
}

// opensGap opens the gap of a cause, of which there is at most one at a time.
func (m *ConnectionManager) opensGap(cause events.GapCause, from time.Time) {
	g := events.Gap{Cause: cause, From: from}
	if cause == events.GapByPolling { // which brings no notices, if any are wanted
		if !m.consumers.family(events.AnyPriority, events.Notice) {
			return
		}
		g.Families = []events.Family{events.Notice}
	}
	if _, open := m.life.gaps[cause]; !open {
		m.life.gaps[cause] = m.gap(g)
	}
}

// shutsGap closes it, if it is open.
func (m *ConnectionManager) shutsGap(cause events.GapCause, to time.Time) {
	g, open := m.life.gaps[cause]
	if !open {
		return
	}
	delete(m.life.gaps, cause)
	if t := m.life.next.t; cause == events.GapByPolling && t != nil && t.lost != [3]int{} {
		to = time.Now() // not all that came since the opening could be kept
	}
	m.queue.shut(g, to)
	if cause == events.GapByDisconnect {
		m.counters.Reconnected()
	}
}

// polls tells that notices, which are wanted now, are missing while polling.
func (m *ConnectionManager) polls() {
	m.life.mu.Lock()
	defer m.life.mu.Unlock()
	if m.life.state.Gaps.Polling {
		m.opensGap(events.GapByPolling, time.Now())
	}
}

// tell logs what an operator should know.
func (m *ConnectionManager) tell(n lifecycle.News, c *connection) {
	by := fallback.None
	if c != nil {
		by = c.transport
	}
	level, text := slog.LevelInfo, ""
	attrs, where := []slog.Attr{slog.String("transport", by.String())}, m.where(c)
	switch n {
	case lifecycle.Unreachable, lifecycle.StillUnreachable:
		m.fails()
		level, text = slog.LevelDebug, "cannot connect; trying on"
		if n == lifecycle.Unreachable {
			level = slog.LevelWarn
		}
		at := m.life.fault
		attrs, where = []slog.Attr{slog.String("transport", at.at.Transport.String()), slog.Any("error", at.err)}, nil
	case lifecycle.Connected:
		level, text = slog.LevelDebug, "connected"
	case lifecycle.ConnectedAgain:
		text = "connected again"
	case lifecycle.FellSilent:
		m.synced.Store(nil)
		level, text = slog.LevelWarn, "the node has fallen silent although the connection is up"
	case lifecycle.Reconnecting:
		text = "reconnecting to a silent node"
	case lifecycle.Died:
		level, text = slog.LevelError, "the node is dead: connected, and without a word. What REST shows is read every 30 s"
	case lifecycle.Speaks:
		text = "the node speaks again"
	case lifecycle.Jumped:
		text = "the host slept, or its clock was set: asking the node for a sign of life"
	}
	m.life.logs(level, text, append(attrs, where...)...)
}

// warnMissing tells once what a consumer wants and transport t of a node cannot bring.
func (m *ConnectionManager) warnMissing(n *node, t fallback.Transport) {
	for _, missing := range n.dialer.Missing() {
		m.say.once(string(missing), slog.LevelWarn, "this server does not offer a type that is wanted",
			slog.String("type", string(missing)))
	}
	if t != fallback.Polling {
		return
	}
	if types := m.asks(); types == nil || containsNotice(types) {
		m.say.once("", slog.LevelWarn,
			"polling brings the eight events that REST answers can rebuild; all others are missed until a stream works, and told as a gap")
	}
}

func containsNotice(types []events.Type) bool {
	return slices.ContainsFunc(types, func(t events.Type) bool { return t.Family() == events.Notice })
}
