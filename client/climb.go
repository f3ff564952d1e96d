package client

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
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
