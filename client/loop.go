package client

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// follow is the loop of Run: it opens and reads what the state says, until ctx ends or
// the node has refused for good. run is the context of what goes on beside it, which
// follow does not end.
func (m *ConnectionManager) follow(ctx, run context.Context) error {
	m.intake.stop = ctx.Done()
	m.born(run)
	err := m.obey(ctx)
	m.step(lifecycle.Stop{})
	if c := m.current.Load(); c != nil {
		m.leave(c)
	}
	return err
}

// born makes the first state.
func (m *ConnectionManager) born(run context.Context) {
	l := &m.life
	l.mu.Lock()
	defer l.mu.Unlock()
	l.run, l.orders = run, make(chan lifecycle.Action, 1)
	l.gaps, l.faults = make(map[events.GapCause]events.Gap), make(map[lifecycle.Target]error)
	l.state = lifecycle.New(lifecycle.Config{
		Choices: lifecycle.By(fallback.NewPool(len(m.nodes), m.opts.Fallback, l.random)), Endpoints: len(m.nodes),
		Order: m.opts.Fallback.Order, Beats: m.witnesses(), Random: l.random,
		Prove: m.opts.Fallback.Stable + proveTime,
	})
}

// obey takes orders until the run ends.
func (m *ConnectionManager) obey(ctx context.Context) error {
	if ctx.Err() == nil {
		m.step(lifecycle.Start{})
	}
	for ctx.Err() == nil {
		if final := m.refused(); final != nil {
			return final
		}
		select {
		case order := <-m.life.orders:
			switch order := order.(type) {
			case lifecycle.Open:
				m.connect(ctx, order)
			case lifecycle.Read:
				m.deliver(ctx)
			}
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

// connect opens a link while nothing delivers.
func (m *ConnectionManager) connect(ctx context.Context, o lifecycle.Open) {
	m.life.mu.Lock()
	t := m.life.trial(o.Gen)
	m.life.mu.Unlock()
	err := m.opens(ctx, t)
	switch {
	case err == nil:
		m.step(lifecycle.Opened{Of: o.Gen})
	case ctx.Err() == nil:
		m.report(t.gen, err)
	}
}

// opens dials for t and counts what comes of it.
func (m *ConnectionManager) opens(ctx context.Context, t *trial) (err error) {
	by, n := t.to.Transport, m.nodes[t.to.Endpoint]
	m.counters.Dial(by)
	t.asked = m.asks()
	t.stream, err = n.dialer.Open(ctx, by, t.asked)
	t.opened = time.Now()
	if err != nil {
		m.counters.DialFailed(by, transport.Reason(err))
		return err
	}
	m.counters.Connected(by)
	m.warnMissing(n, by)
	return nil
}

// asks returns what to ask a server for: what the consumers want, and the beats
// that prove it alive; nil means everything.
func (m *ConnectionManager) asks() []events.Type { return m.consumers.types(m.witnesses()) }

// witnesses reports whether beats are asked for.
func (m *ConnectionManager) witnesses() bool { return m.opts.Witness == WitnessOn }

// adopt makes a trial the connection that delivers. old is the one that did before,
// if that has not been given up.
func (m *ConnectionManager) adopt(a lifecycle.Adopt, old *connection) {
	l := &m.life
	t := l.take(a.Gen)
	by := t.to.Transport
	if a.Cause != "" {
		t.cause, t.since = a.Cause, l.at(a.Since)
	}
	if old != nil {
		if errors.Is(old.err, transport.ErrClosed) {
			old.err = errReplaced
		}
		m.leave(old)
	}
	c := newConnection(l.run, t, m.nodes[t.to.Endpoint])
	c.known = m.books.Figures().Known
	l.next = handover{c, t, old}
	m.moves(a, c, old)
	m.books.Begin(t.serverTime())
	m.disturbed()
	m.current.Store(c)
	t.stream.OnPark(m.park)
	m.enter(Change{To: Connected, Transport: by, Endpoint: c.node.name})
	if old != nil && !a.Moved {
		if by != old.transport {
			m.counters.Promoted(old.transport, by)
		}
		m.switched(t, old)
		l.logs(slog.LevelInfo, "switched", slog.String("from", old.transport.String()), slog.String("to", by.String()))
	}
	m.returned(t)
}

// deliver hands on what the connection that was adopted last has brought and brings,
// to its end.
func (m *ConnectionManager) deliver(ctx context.Context) {
	m.life.mu.Lock()
	next := m.life.next
	m.life.next = handover{}
	m.life.mu.Unlock()
	c := next.c
	m.replay(c, next.t, next.old)
	m.widen() // a Subscribe while the stream was being opened
	m.intake.looks(&m.consumers)
	m.repairs(c)
	if next.old != nil {
		m.loop.Hole()
	}
	if m.witnesses() && hasBeats(c.stream) {
		m.beats(c)
	}
	err := m.read(c)
	if ctx.Err() == nil {
		m.report(c.gen, err)
	}
}

// read hands every frame on until the stream ends; it returns why.
func (m *ConnectionManager) read(c *connection) error {
	for {
		frame, err := c.stream.Next()
		if err != nil {
			m.flush()
			return err
		}
		m.receive(c, &frame)
	}
}

// report says how a link ended, or why it could not be opened.
func (m *ConnectionManager) report(of lifecycle.Generation, err error) {
	l := &m.life
	l.mu.Lock()
	defer m.unlock()
	in := lifecycle.Ended{Of: of, Definite: transport.Definite(err)}
	if c := m.current.Load(); c != nil && c.gen == of {
		c.err, in.Last = err, l.mono(c.lastFrame())
		c.gone.Store(true)
		if c.isGood(m.opts.Fallback.Stable) {
			m.steps(lifecycle.Proved{Of: of})
		}
	}
	to := l.state.Link.Target
	if t := l.take(of); t != nil {
		to = t.to
		if t.cancel != nil {
			t.cancel() // the run's context would keep it
		}
	}
	if of == l.state.Link.Gen {
		l.fault = fault{to, err}
	}
	in.How = transport.Classify(to.Transport, err)
	m.steps(in)
}

// fails notes the last fault: nothing is open because of it.
func (m *ConnectionManager) fails() {
	l := &m.life
	l.err, l.faults[l.fault.at] = l.fault.err, l.fault.err
	m.failure.Store(&l.fault.err)
}

// lost gives up a connection that has ended: the outage begins.
func (m *ConnectionManager) lost(c *connection) {
	m.fails()
	m.leave(c)
	m.pause()
	m.life.logs(slog.LevelWarn, "stream lost", slog.String("transport", c.transport.String()), slog.Any("error", c.err))
}

// leave lets c go, which delivers no more.
func (m *ConnectionManager) leave(c *connection) {
	c.stop()
	m.current.Store(nil)
	m.counters.Disconnected(c.transport, reason(c.err))
	m.closing.Go(c.stream.Close)
}

// discard lets a trial go that will not take its place.
func (m *ConnectionManager) discard(t *trial, err error) {
	m.counters.Disconnected(t.to.Transport, reason(err))
	m.closing.Go(t.stream.Close)
}

// errReplaced ends a connection whose successor is there.
var errReplaced = errors.New("client: replaced by another connection")

// reason is the metric label of why a connection ended.
func reason(err error) string {
	if errors.Is(err, errReplaced) {
		return "replaced"
	}
	return transport.Reason(err)
}

// refused is the end of a Run whose every transport got a definite no; nil if it goes
// on.
func (m *ConnectionManager) refused() error {
	l := &m.life
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.Phase != lifecycle.Closed {
		return nil
	}
	final := &RefusedError{}
	for e := range m.nodes {
		for _, t := range m.opts.Fallback.Order {
			final.Refusals = append(final.Refusals, l.faults[lifecycle.Target{Endpoint: e, Transport: t}])
		}
	}
	return final
}
