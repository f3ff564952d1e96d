package client

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
)

// cutTime is how long a proven trial waits for beats that both connections carry.
// One comes within 3 s of its end.
const cutTime = 12 * time.Second

// begin opens a link: on Run's goroutine if nothing delivers, else beside it.
func (m *ConnectionManager) begin(o lifecycle.Open) {
	l := &m.life
	t := &trial{gen: o.Gen, to: o.Target, why: o.For}
	l.trials = append(l.trials, t)
	if o.For == lifecycle.First {
		m.enter(Change{To: Connecting, Transport: o.Transport, Endpoint: m.nodes[o.Endpoint].name, Err: l.told()})
		l.orders <- o
		return
	}
	below := m.current.Load()
	ctx, cancel := context.WithCancel(l.run)
	t.cancel = cancel
	l.side.Go(func() {
		defer m.survive(t)
		if err := m.compete(ctx, t, below); err != nil {
			m.report(t.gen, err)
		}
	})
}

// letGo closes what does not deliver, and hangs up what does.
func (m *ConnectionManager) letGo(of lifecycle.Generation, c *connection) {
	if c != nil && c.gen == of {
		m.closing.Go(c.stream.Close) // its Next returns
		return
	}
	t := m.life.take(of)
	t.cancel()
	if t.ready {
		m.discard(t, transport.ErrClosed)
	}
}

// compete opens a transport beside below, which delivers, and reads it until it is
// good and can take over exactly where below ends, or as exactly as possible. A
// good one is worth having even if below has ended meanwhile.
func (m *ConnectionManager) compete(ctx context.Context, t *trial, below *connection) error {
	exact := t.why != lifecycle.Wider || below.pulse.Load() != nil
	part := func() {}
	if m.nodes[t.to.Endpoint] == below.node && t.why != lifecycle.Experiment && below.transport != fallback.Polling && t.to.Transport != fallback.Polling {
		t.both = &overlapping{common: shared(below.asks(), m.asks())}
		if exact {
			part = below.meet(t.both) // before the first frame that both carry, until below ends
		}
	}
	err := m.opens(ctx, t)
	if err == nil {
		m.step(lifecycle.Opened{Of: t.gen})
		err = m.proves(ctx, t, below, exact)
	}
	if err != nil {
		part()
		if t.why == lifecycle.Better {
			m.say.say(slog.LevelDebug, "a better transport or endpoint does not work yet",
				slog.String("transport", t.to.Transport.String()), slog.Any("error", err))
		}
	}
	return err
}

// proves reads t until it may take the place of below. If it may not, t is gone.
func (m *ConnectionManager) proves(ctx context.Context, t *trial, below *connection, exact bool) error {
	undo := context.AfterFunc(ctx, t.stream.Close)
	defer undo()
	err := error(nil)
	switch {
	case t.why == lifecycle.Experiment:
		err = m.experiment(t)
	case exact:
		err = m.prove(t, below)
	}
	if err == nil && undo() && m.readies(t) {
		return nil
	}
	if err == nil {
		err = transport.ErrClosed
	}
	m.discard(t, err)
	return err
}

// readies offers t as the successor, unless it was let go.
func (m *ConnectionManager) readies(t *trial) bool {
	m.life.mu.Lock()
	defer m.unlock()
	if !slices.Contains(m.life.trials, t) {
		return false
	}
	t.ready = true
	m.steps(lifecycle.Ready{Of: t.gen})
	return true
}

// prove reads t until it is good, and below need not be compared with it any longer.
func (m *ConnectionManager) prove(t *trial, below *connection) error {
	// On a quiet server nothing may come by itself; what the probe brings ends
	// the wait.
	probe := time.AfterFunc(m.opts.Fallback.Stable, t.stream.Probe)
	defer probe.Stop()
	var proved time.Time
	for {
		frame, err := t.stream.Next()
		if err != nil {
			return err
		}
		m.keep(t, &frame)
		if !t.good.Load() && m.isProof(t.stream, &frame, t.opened) && !m.isUnproved(t, below, &frame) {
			t.good.Store(true)
			proved = frame.Received
			m.step(lifecycle.Proved{Of: t.gen})
		}
		switch {
		case !t.good.Load():
		case below.gone.Load(), m.cuts(t, below, frame.Received.Sub(proved)):
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

// errAnswered ends an experiment.
var errAnswered = errors.New("client: the node is up, and says nothing")

// experiment reads an SSE connection to see whether the node says more there.
func (m *ConnectionManager) experiment(t *trial) error {
	for {
		frame, err := t.stream.Next()
		if err != nil {
			return err
		}
		m.keep(t, &frame)
		switch {
		case frame.Kind == wire.Alive:
			m.step(lifecycle.Answered{Of: t.gen})
			return errAnswered
		case frame.Kind == wire.Event && isBeat(t.stream, &frame):
			t.good.Store(true)
			return nil
		}
	}
}

// errPanicked ends a trial in which a http.Client of the user's panicked.
var errPanicked = errors.New("client: a connection attempt panicked")

// survive keeps a panic, which only a http.Client of the user's can cause, on the
// goroutine that it came from.
func (m *ConnectionManager) survive(t *trial) {
	if v := recover(); v != nil {
		m.say.once("", slog.LevelError, "a connection attempt panicked",
			slog.Any("value", v), slog.String("stack", string(debug.Stack())))
		if t != nil {
			m.report(t.gen, errPanicked)
		}
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
