package client

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// follow is the loop of Run: try what the ladder says, when it says so, until
// ctx ends or the node has refused for good.
func (m *ConnectionManager) follow(ctx context.Context) error {
	m.intake.stop = ctx.Done()
	ladder := fallback.New(m.opts.Fallback, rand.Float64)
	step := ladder.First(time.Now())
	failures := make(map[fallback.Transport]error) // the last of each
	var last error                                 // why the attempt before this one ended
	for {
		if err := m.waits(ctx, step.Wait, last); err != nil {
			return err
		}
		if step.Wait > 0 {
			last = nil // told by Waiting
		}
		out, err := m.attempt(ctx, ladder, step.Transport, last)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		last, failures[step.Transport] = err, err
		m.failure.Store(&err)
		step = ladder.Next(time.Now(), out)
		if ladder.Refused() && !m.proved {
			if final := m.refused(failures); final != nil {
				return final
			}
		}
	}
}

// waits lets d go by, which may be zero. The error is the cause of ctx.
func (m *ConnectionManager) waits(ctx context.Context, d time.Duration, last error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if d <= 0 {
		return nil
	}
	m.enter(Change{To: Waiting, RetryAt: time.Now().Add(d), Err: last})
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// attempt opens transport t and follows it, and those it is replaced by, to the
// end.
func (m *ConnectionManager) attempt(ctx context.Context, ladder *fallback.Ladder, t fallback.Transport, last error) (fallback.Outcome, error) {
	m.enter(Change{To: Connecting, Transport: t, Err: last})
	first := &trial{}
	if err := m.opens(ctx, t, first); err != nil {
		m.failed(t, err)
		return transport.Classify(t, err), err
	}
	return m.serve(ctx, ladder, first)
}

// opens dials one transport for t and counts what comes of it.
func (m *ConnectionManager) opens(ctx context.Context, by fallback.Transport, t *trial) (err error) {
	m.counters.Dial(by)
	t.asked = m.asks()
	t.stream, err = m.dialer.Open(ctx, by, t.asked)
	t.opened = time.Now()
	if err != nil {
		m.counters.DialFailed(by, transport.Reason(err))
		return err
	}
	m.counters.Connected(by)
	m.warnMissing(by)
	return nil
}

// asks returns what to ask a server for: what the consumers want, and the beats
// that prove it alive; nil means everything.
func (m *ConnectionManager) asks() []events.Type { return m.consumers.types(m.witnesses()) }

// witnesses reports whether beats are asked for.
func (m *ConnectionManager) witnesses() bool { return m.opts.Witness == WitnessOn }

// serve reads the stream of first, and of each that takes its place, until one
// ends without a successor. It returns how that one ended.
func (m *ConnectionManager) serve(ctx context.Context, ladder *fallback.Ladder, first *trial) (fallback.Outcome, error) {
	c := m.adopt(ctx, first, nil)
	for {
		c.spawn(func(ctx context.Context) { m.climb(ctx, ladder, c) })
		err := m.read(c)
		next := c.end()
		if ctx.Err() != nil {
			m.leave(c, err)
			if next != nil {
				m.discard(next, transport.ErrClosed)
			}
			return fallback.Outcome{Transport: c.stream.Transport()}, err
		}
		if next == nil {
			return m.lost(c, err), err
		}
		if errors.Is(err, transport.ErrClosed) {
			err = errReplaced
		}
		m.leave(c, err)
		if to := next.stream.Transport(); to != c.stream.Transport() {
			ladder.Promoted(time.Now(), to)
			m.counters.Promoted(c.stream.Transport(), to)
		}
		c = m.adopt(ctx, next, c)
	}
}

// adopt makes t the connection that delivers. old is the one whose place it
// takes while that still worked; nil after an outage.
func (m *ConnectionManager) adopt(ctx context.Context, t *trial, old *connection) *connection {
	c := newConnection(ctx, t)
	m.proved = true
	m.books.Begin(t.serverTime())
	m.disturbed()
	m.current.Store(c)
	t.stream.OnPark(m.park)
	m.enter(Change{To: Connected, Transport: t.stream.Transport()})
	if old != nil {
		m.switched(t, old)
		m.say.say(slog.LevelInfo, "switched", slog.String("from", old.stream.Transport().String()),
			slog.String("to", t.stream.Transport().String()))
	} else {
		m.recovered(t.stream.Transport())
	}
	m.returned(t)
	if t.stream.Transport() == fallback.Polling {
		m.polls(t.opened)
		m.answers()
	} else {
		m.streams(t)
	}
	m.replay(c, t, old)
	m.widen() // a Subscribe while the stream was being opened
	m.intake.looks(&m.consumers)
	m.repairs(c)
	if old != nil {
		m.loop.Hole()
	}
	m.attend(c)
	return c
}

// gap opens a gap, and counts it.
func (m *ConnectionManager) gap(g events.Gap) events.Gap {
	m.counters.Gap(string(g.Cause))
	return m.queue.open(g)
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

// lost ends a connection that has no successor: the outage begins.
func (m *ConnectionManager) lost(c *connection, err error) fallback.Outcome {
	t := c.stream.Transport()
	m.leave(c, err)
	m.pause()
	m.outage = &outage{gap: m.gap(events.Gap{Cause: events.GapByDisconnect, From: c.lastFrame()}), told: true}
	m.say.say(slog.LevelWarn, "stream lost", slog.String("transport", t.String()), slog.Any("error", err))
	out := transport.Classify(t, err)
	out.Good = c.isGood(m.opts.Fallback.Stable)
	return out
}

// leave lets c go, which delivers no more.
func (m *ConnectionManager) leave(c *connection, err error) {
	m.current.Store(nil)
	m.counters.Disconnected(c.stream.Transport(), reason(err))
	m.closing.Go(c.stream.Close)
}

// discard lets a trial go that will not take its place.
func (m *ConnectionManager) discard(t *trial, err error) {
	m.counters.Disconnected(t.stream.Transport(), reason(err))
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

// refused is the end of a Run whose every transport got a definite no; nil if one
// of them may have been somebody else's word, such as a captive portal's.
func (m *ConnectionManager) refused(failures map[fallback.Transport]error) error {
	final := &RefusedError{}
	for _, t := range m.opts.Fallback.Order {
		if !transport.Definite(failures[t]) {
			return nil
		}
		final.Refusals = append(final.Refusals, failures[t])
	}
	return final
}
