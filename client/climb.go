package client

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// climb looks for a better transport than that of c, for as long as c lasts: it
// is opened and proved before c is let go. The ladder is the climber's until it
// returns.
func (m *ConnectionManager) climb(ctx context.Context, ladder *fallback.Ladder, c *connection) {
	defer m.survive()
	for {
		better, at := ladder.Better(time.Now())
		if better == fallback.None || !sleep(ctx, time.Until(at)) {
			return
		}
		t, err := m.try(ctx, better, c)
		if ctx.Err() != nil {
			if t != nil {
				m.discard(t, transport.ErrClosed)
			}
			return
		}
		if err != nil {
			m.say.say(slog.LevelDebug, "a better transport does not work yet",
				slog.String("transport", better.String()), slog.Any("error", err))
			ladder.Failed(time.Now(), transport.Classify(better, err))
			continue
		}
		m.offer(c, t)
		return
	}
}

// offer makes t the successor of c, and ends that, unless there is one already.
func (m *ConnectionManager) offer(c *connection, t *trial) {
	if !c.won.CompareAndSwap(nil, t) {
		m.discard(t, transport.ErrClosed)
		return
	}
	m.closing.Go(c.stream.Close) // its Next returns, and the reader finds t
}

// try opens a transport and reads it until it is good, while below delivers.
func (m *ConnectionManager) try(ctx context.Context, better fallback.Transport, below *connection) (*trial, error) {
	stream, err := m.open(ctx, better)
	if err != nil {
		return nil, err
	}
	t := &trial{stream: stream, opened: time.Now()}
	stop := context.AfterFunc(ctx, stream.Close)
	defer stop()
	// On a quiet server nothing may come by itself; what the probe brings ends
	// the wait.
	probe := time.AfterFunc(m.opts.Fallback.Stable, stream.Probe)
	defer probe.Stop()
	for !t.good {
		frame, err := stream.Next()
		if err != nil {
			m.discard(t, err)
			return nil, err
		}
		m.keep(t, &frame, below)
		t.good = proves(stream, &frame, t.opened, m.opts.Fallback.Stable)
	}
	return t, nil
}

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

// widen asks the running stream for what the consumers want by now. A stream
// that cannot be widened is replaced by a new one of its transport.
func (m *ConnectionManager) widen() {
	c := m.current.Load()
	if c == nil || !c.wants() {
		return
	}
	c.spawn(func(ctx context.Context) {
		defer m.survive()
		waits := fallback.New(fallback.Policy{Order: []fallback.Transport{c.stream.Transport()}}, rand.Float64)
		for c.looks() {
			if c.stream.Widen(m.consumers.types()) {
				continue
			}
			stream, err := m.open(ctx, c.stream.Transport())
			if err == nil {
				m.offer(c, &trial{stream: stream, opened: time.Now()})
				return // what was wanted meanwhile is the successor's
			}
			// What delivers stays; the server is asked again when it wants to be.
			c.wants()
			if !sleep(ctx, waits.Next(time.Now(), transport.Classify(c.stream.Transport(), err)).Wait) {
				return
			}
		}
	})
}

// survive keeps a panic, which only a http.Client of the user's can cause, on the
// goroutine that it came from.
func (m *ConnectionManager) survive() {
	if v := recover(); v != nil {
		m.say.once("", slog.LevelError, "a connection attempt panicked",
			slog.Any("value", v), slog.String("stack", string(debug.Stack())))
	}
}

// sleep waits for d; false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
