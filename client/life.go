package client

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// A life is the state of package lifecycle, and what it takes to do what that says.
// Each input is a step, and its actions are done before the next: all are short, and
// what takes time is done by a goroutine of side, or by Run's, which takes orders when
// it has nothing to read. An idle connection has one timer here.
type life struct {
	base   time.Time             // monotonic instants are counted from it
	wall   func() time.Time      // the wall clock
	random func() float64        // jitter
	orders chan lifecycle.Action // an Open or a Read, for Run's goroutine; one at a time
	side   sync.WaitGroup        // goroutines and the timer; Go and Add are called with mu held
	silent atomic.Int64          // State.Silence.Since, plus one; 0: the node speaks
	dead   atomic.Bool           // State.Silence.Dead

	mu     sync.Mutex      // guards what follows; held while actions are done
	run    context.Context // of the run; nil before it
	state  lifecycle.State
	trials []*trial // that were not let go, and do not deliver
	next   handover // that Read is about
	gaps   map[events.GapCause]events.Gap
	timer  *time.Timer // nil before the first tick
	lines  []line      // to be logged
	fault  fault       // how the link of the state ended
	err    error       // the same, until a change of state tells it
	faults map[lifecycle.Target]error
}

// A fault is how an attempt or a connection ended.
type fault struct {
	at  lifecycle.Target
	err error
}

// A handover is a change of what delivers: old is nil after an outage.
type handover struct {
	c   *connection
	t   *trial
	old *connection
}

// now is the instant of t, which is one of time.Now.
func (l *life) now(t time.Time) lifecycle.Instant {
	return lifecycle.Instant{Mono: l.mono(t), Wall: time.Duration(l.wall().UnixNano())}
}

// mono is the monotonic part of t.
func (l *life) mono(t time.Time) time.Duration { return t.Sub(l.base) }

// at is the inverse of mono, by the wall clock as it is set now.
func (l *life) at(mono time.Duration) time.Time {
	now := time.Now()
	return now.Add(mono - l.mono(now))
}

// step lets the state follow an input, and does what that asks for.
func (m *ConnectionManager) step(in lifecycle.Input) {
	m.life.mu.Lock()
	defer m.unlock()
	m.steps(in)
}

// tick is step when time has gone by.
func (m *ConnectionManager) tick() {
	m.life.mu.Lock()
	defer m.unlock()
	m.steps(m.evidence())
}

// unlock is what follows a step: what there is to log is logged when nobody has to wait
// for it, for a slog.Handler may be slow, or call back.
func (m *ConnectionManager) unlock() {
	lines := m.life.lines
	m.life.lines = nil
	m.life.mu.Unlock()
	for _, line := range lines {
		m.say.say(line.level, line.text, line.attrs...)
	}
}

// A line is one of the log.
type line struct {
	level slog.Level
	text  string
	attrs []slog.Attr
}

// logs has a line logged when the lock is free.
func (l *life) logs(level slog.Level, text string, attrs ...slog.Attr) {
	l.lines = append(l.lines, line{level, text, attrs})
}

// steps is step with the lock held.
func (m *ConnectionManager) steps(in lifecycle.Input) {
	l := &m.life
	var actions []lifecycle.Action
	l.state, actions = l.state.Step(in, l.now(time.Now()))
	l.publish()
	for _, a := range actions {
		m.perform(a)
	}
	m.rearm()
}

// publish makes a silence visible to those who hold no lock.
func (l *life) publish() {
	silent := int64(0)
	if l.state.Silence.Stale {
		silent = int64(l.state.Silence.Since) + 1
	}
	l.silent.Store(silent)
	l.dead.Store(l.state.Silence.Dead)
}

// isStale reports whether the node is silent although the connection is up.
func (l *life) isStale() bool { return l.silent.Load() != 0 }

// staleSince is when the silence began; zero if there is none.
func (l *life) staleSince() time.Time {
	if n := l.silent.Load(); n != 0 {
		return l.base.Add(time.Duration(n - 1))
	}
	return time.Time{}
}

// rearm has the next tick come when the state wants it.
func (m *ConnectionManager) rearm() {
	l := &m.life
	if l.state.Due == 0 {
		if l.timer != nil && l.timer.Stop() {
			l.side.Done()
		}
		return
	}
	wait := max(l.state.Due-l.mono(time.Now()), 0)
	switch {
	case l.timer == nil:
		l.side.Add(1)
		l.timer = time.AfterFunc(wait, func() {
			defer l.side.Done()
			m.tick()
		})
	case !l.timer.Reset(wait):
		l.side.Add(1)
	}
}

// perform does what the state wants.
func (m *ConnectionManager) perform(a lifecycle.Action) {
	l, c := &m.life, m.current.Load()
	switch a := a.(type) {
	case lifecycle.Open:
		m.begin(a)
	case lifecycle.Adopt:
		m.adopt(a, c)
	case lifecycle.Read:
		l.orders <- a
	case lifecycle.Close:
		m.letGo(a.Gen, c)
	case lifecycle.Lost:
		m.lost(c)
	case lifecycle.Wait:
		m.enter(Change{To: Waiting, RetryAt: l.at(a.Until), Err: l.told()})
	case lifecycle.GiveUp: // Run's goroutine sees it
	case lifecycle.OpenGap:
		m.opensGap(a.Cause, l.at(a.From))
	case lifecycle.CloseGap:
		m.shutsGap(a.Cause, l.at(a.To))
	case lifecycle.Wake:
		l.side.Go(func() { m.wake(c) })
	case lifecycle.Probe:
		l.side.Go(l.streamOf(a.Gen, c).Probe)
	case lifecycle.Widen:
		c.wants()
		l.side.Go(func() { m.asksFor(c) })
	case lifecycle.Identify:
		l.side.Go(func() { m.identify(l.run, c) })
	case lifecycle.Repair:
		m.repairs(c)
	case lifecycle.Reread:
		m.disturbed()
		m.loop.Hole()
	case lifecycle.Tell:
		m.tell(a.News, c)
	}
}

// spawn runs fn beside Run's goroutine, which waits for it at its end.
func (l *life) spawn(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.run != nil && l.state.Phase != lifecycle.Closed {
		l.side.Go(fn)
	}
}

// told returns the last fault, once.
func (l *life) told() error {
	err := l.err
	l.err = nil
	return err
}

// trial returns the link of a generation that does not deliver; nil if it was let go.
func (l *life) trial(of lifecycle.Generation) *trial {
	for _, t := range l.trials {
		if t.gen == of {
			return t
		}
	}
	return nil
}

// streamOf returns the stream of a generation: that of c, or of a trial.
func (l *life) streamOf(of lifecycle.Generation, c *connection) transport.Stream {
	if c != nil && c.gen == of {
		return c.stream
	}
	return l.trial(of).stream
}

// take is trial for one that is let go, or delivers from now on.
func (l *life) take(of lifecycle.Generation) *trial {
	t := l.trial(of)
	l.trials = slices.DeleteFunc(l.trials, func(have *trial) bool { return have == t })
	return t
}
