package client

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
)

const (
	// cutTime is how long a proven trial waits for beats that both connections
	// carry. One comes within 3 s of its end.
	cutTime = 12 * time.Second

	// orphanTime is how long a proven trial may go on once the connection whose
	// place it is to take has ended.
	orphanTime = 4 * time.Second
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
		switch {
		case err == nil:
			m.offer(c, t)
			return
		case ctx.Err() != nil:
			return
		}
		m.say.say(slog.LevelDebug, "a better transport does not work yet",
			slog.String("transport", better.String()), slog.Any("error", err))
		ladder.Failed(time.Now(), transport.Classify(better, err))
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

// try opens a transport beside below, which delivers, and reads it until it is
// good and can take over exactly where below ends, or as exactly as possible. A
// good one is worth having even if below has ended meanwhile.
func (m *ConnectionManager) try(ctx context.Context, better fallback.Transport, below *connection) (*trial, error) {
	t := &trial{}
	part := func() {}
	if below.stream.Transport() != fallback.Polling && better != fallback.Polling {
		t.both = &overlapping{common: shared(below.asks(), m.asks())}
		part = below.meet(t.both) // before the first frame that both carry, until below ends
	}
	err := m.opens(ctx, better, t)
	if err == nil {
		err = m.prove(ctx, t, below)
	}
	if err != nil {
		part()
		return nil, err
	}
	return t, nil
}

// prove reads t until it may take the place of below. If it may not, t is gone.
func (m *ConnectionManager) prove(ctx context.Context, t *trial, below *connection) error {
	defer m.orphan(ctx, t, below)()
	// On a quiet server nothing may come by itself; what the probe brings ends
	// the wait.
	probe := time.AfterFunc(m.opts.Fallback.Stable, t.stream.Probe)
	defer probe.Stop()
	var proved time.Time
	for {
		frame, err := t.stream.Next()
		if err != nil {
			m.discard(t, err)
			return err
		}
		m.keep(t, &frame)
		if !t.good.Load() {
			t.good.Store(m.proves(t.stream, &frame, t.opened))
			proved = frame.Received
		}
		switch {
		case !t.good.Load():
		case ctx.Err() != nil, m.cuts(t, below, frame.Received.Sub(proved)):
			return nil
		case below.held.Load():
			proved = frame.Received
			probe.Reset(m.opts.Fallback.Stable) // so that there is another frame
		}
	}
}

// cuts reports whether t need not be compared with below any longer. While a lane
// blocks the reader of below, what has come there would be lost without a cut.
func (m *ConnectionManager) cuts(t *trial, below *connection, took time.Duration) bool {
	if t.both == nil || t.both.done() {
		return true
	}
	return !below.held.Load() &&
		(below.pulse.Load() == nil || !hasBeats(t.stream) || !m.witnesses() || took >= cutTime)
}

// orphan ends t when the context of below does: at once, or soon after if t is
// good and below ended by itself. The function that it returns undoes that.
func (m *ConnectionManager) orphan(ctx context.Context, t *trial, below *connection) (undo func()) {
	var late atomic.Pointer[time.Timer]
	var undone atomic.Bool
	stop := context.AfterFunc(ctx, func() {
		if below.run.Err() != nil || !t.good.Load() {
			t.stream.Close()
			return
		}
		t.stream.Probe() // a WebSocket answers at once
		late.Store(time.AfterFunc(orphanTime, t.stream.Close))
		if undone.Load() {
			late.Load().Stop()
		}
	})
	return func() {
		undone.Store(true)
		if !stop() && late.Load() != nil {
			late.Load().Stop()
		}
	}
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
