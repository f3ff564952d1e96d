package client

import (
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// This file is about the change from one connection to the next: what the new one
// keeps back while the old one delivers, and what of it is handed on.

// keep holds an event back until the trial takes its place: no more of them than
// the lanes would hold, and no more bytes than one frame may have. What goes for
// that is lost only if nobody else delivers it, and then it is counted; a gap
// speaks of it.
func (m *ConnectionManager) keep(t *trial, f *transport.Frame) {
	if f.Kind != wire.Event {
		return
	}
	if t.both != nil {
		t.both.new(f)
	}
	own := *f
	own.Data = append([]byte(nil), f.Data...)
	t.kept = append(t.kept, own)
	t.size += int64(len(own.Data))
	l := &m.opts.Lanes
	for len(t.kept) > l[0].Events+l[1].Events+l[2].Events || t.size > m.opts.MaxFrame {
		oldest := &t.kept[0]
		if t.both == nil || t.both.carries(oldest.Type) {
			t.lost[lane(oldest.Type.Lane())]++
		}
		if t.both == nil && oldest.Type.Family() == events.Notice {
			m.counters.Received(oldest.Type, oldest.Size, oldest.Received)
			m.counters.Dropped(oldest.Type.Lane())
		}
		t.size -= int64(len(oldest.Data))
		t.kept = t.kept[1:]
	}
}

// replay hands on what t kept while old still delivered. Where the cut is known,
// that is exactly what old has not delivered. Where it is not, facts are deduped
// by id and the newest of each state is enough; a notice would come twice, or
// not at all, and the gap says so. Where old delivered none of it, all is handed
// on.
func (m *ConnectionManager) replay(c *connection, t *trial, old *connection) {
	defer func() { t.kept = nil; m.flush() }()
	if old != nil && old.node != c.node && old.transport != fallback.Polling {
		m.replayApart(c, t)
		return
	}
	if !t.overlaps(old) {
		for i := range t.kept {
			m.receive(c, &t.kept[i])
		}
		return
	}
	newest := make(map[events.Type]int)
	for i := range t.kept {
		newest[t.kept[i].Type] = i
	}
	at := t.lost
	for i := range t.kept {
		f := &t.kept[i]
		l := lane(f.Type.Lane())
		if !t.both.carries(f.Type) {
			m.receive(c, f)
			continue
		}
		n, cut := t.both.skip(l)
		at[l]++
		switch {
		case cut && at[l] > n,
			!cut && f.Type.Family() == events.Fact,
			!cut && f.Type.Family() == events.State && newest[f.Type] == i:
			m.receive(c, f)
		default:
			m.skip(c, f)
		}
	}
	for l := range priorities {
		if n, cut := t.both.skip(l); cut && n > at[l] {
			c.skips.both, c.skips.left[l] = t.both, n-at[l]
		}
	}
}

// overlaps reports whether old delivered what t kept.
func (t *trial) overlaps(old *connection) bool {
	return old != nil && t.both != nil && t.cause == "" && old.stream.Transport() != fallback.Polling
}

// switched tells what may be missing or doubled because t takes the place of old:
// nothing on lanes whose cut is known, notices on the others. Facts go by id, and
// states are read again.
func (m *ConnectionManager) switched(t *trial, old *connection) {
	if t.cause != "" {
		m.queue.shut(m.gap(events.Gap{Cause: t.cause, From: t.since}), time.Now())
		return
	}
	if !t.overlaps(old) {
		return // from polling: the gap of polling ends
	}
	wanted := m.consumers.wanted()
	for l, p := range priorities {
		n, cut := t.both.skip(l)
		if !cut || t.lost[l] > n || !covers(t.asked, wanted) {
			m.uncutSince(p, old.lastFrame())
		}
	}
}

// uncut tells that a lane of c was not taken over where its predecessor ended,
// although it looked like it.
func (m *ConnectionManager) uncut(c *connection, lane events.Priority) {
	m.flush()
	m.disturbed()
	m.uncutSince(lane, c.opened)
	m.loop.Hole()
}

// uncutSince tells that notices of a lane may be missing or doubled.
func (m *ConnectionManager) uncutSince(lane events.Priority, since time.Time) {
	if m.consumers.family(lane, events.Notice) {
		m.queue.shut(m.gap(events.Gap{
			Cause: events.GapBySwitch, Lane: lane, Families: []events.Family{events.Notice}, From: since,
		}), time.Now())
	}
}
