package client

import (
	"context"
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
// that is lost only if below cannot deliver it, and then it is counted; the gap of
// the switch speaks of it.
func (m *ConnectionManager) keep(t *trial, f *transport.Frame, below *connection) {
	if f.Kind != wire.Event {
		return
	}
	own := *f
	own.Data = append([]byte(nil), f.Data...)
	t.kept = append(t.kept, own)
	t.size += int64(len(own.Data))
	bounds := m.opts.lanes()
	for len(t.kept) > bounds[0]+bounds[1]+bounds[2] || t.size > m.opts.MaxFrame {
		oldest := &t.kept[0]
		if oldest.Type.Family() == events.Notice && below.stream.Transport() == fallback.Polling {
			m.counters.Received(oldest.Type, oldest.Size, oldest.Received)
			m.counters.Dropped(oldest.Type.Lane())
		}
		t.size -= int64(len(oldest.Data))
		t.kept = t.kept[1:]
	}
}

// catchUpTime bounds the last poll.
const catchUpTime = 3 * time.Second

// catchUp makes one last poll when a stream takes the place of polling. The
// stream announces what happens from its opening on, and that may have been after
// the poll before.
func (m *ConnectionManager) catchUp(ctx context.Context, old *connection, t *trial) {
	if old.stream.Transport() != fallback.Polling || t.stream.Transport() == fallback.Polling {
		return
	}
	// Nobody reads the stream meanwhile, so it must not take long.
	ctx, cancel := context.WithTimeout(ctx, catchUpTime)
	defer cancel()
	last, err := m.dialer.Open(ctx, fallback.Polling, m.consumers.types())
	if err != nil {
		return // the gap of the switch covers what it would have brought
	}
	defer last.Close()
	t.newer = make(map[events.Type]bool)
	for {
		frame, err := last.Next()
		if err != nil {
			return
		}
		if frame.Kind == wire.Alive {
			return
		}
		if frame.Kind == wire.Event {
			t.newer[frame.Type] = true
		}
		m.receive(old, &frame)
	}
}

// replay hands on what t kept while old still delivered. Facts are deduped by
// id. Of each family of states the newest is enough. Notices have no ids: where
// old was a stream it delivered them, and a second time would be a lie; the gap
// of the switch covers those that neither side is known to have handed on.
func (m *ConnectionManager) replay(c *connection, t *trial, old *connection) {
	fromPolling := old == nil || old.stream.Transport() == fallback.Polling
	newest := make(map[events.Type]int)
	for i := range t.kept {
		newest[t.kept[i].Type] = i
	}
	for i := range t.kept {
		f := &t.kept[i]
		switch f.Type.Family() {
		case events.Fact:
			m.receive(c, f)
		case events.State:
			if newest[f.Type] == i && !t.newer[f.Type] {
				m.receive(c, f)
				continue
			}
			m.skip(c, f)
		case events.Notice:
			if fromPolling {
				m.receive(c, f)
				continue
			}
			m.skip(c, f)
		}
	}
	t.kept = nil
}
