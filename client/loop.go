package client

import (
	"context"
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
	ladder := fallback.New(m.opts.Fallback, rand.Float64)
	step := ladder.First(time.Now())
	refused := refusals{m: m}
	var last error // why the attempt before this one ended
	for {
		if err := m.pause(ctx, step.Wait, last); err != nil {
			return err
		}
		if step.Wait > 0 {
			refused.forget()
		}
		out, err := m.attempt(ctx, ladder, step.Transport, last)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if final := refused.add(out, err); final != nil {
			return final
		}
		last, step = err, ladder.Next(time.Now(), out)
	}
}

// pause waits for d, which may be zero. The error is the cause of ctx.
func (m *ConnectionManager) pause(ctx context.Context, d time.Duration, last error) error {
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
	stream, err := m.open(ctx, t)
	if err != nil {
		m.failed(t, err)
		return transport.Classify(t, err), err
	}
	return m.serve(ctx, ladder, &trial{stream: stream, opened: time.Now()})
}

// open dials one transport and counts what comes of it.
func (m *ConnectionManager) open(ctx context.Context, t fallback.Transport) (transport.Stream, error) {
	m.counters.Dial(t)
	stream, err := m.dialer.Open(ctx, t, m.consumers.types())
	if err != nil {
		m.counters.DialFailed(t, transport.Reason(err))
		return nil, err
	}
	m.counters.Connected(t)
	m.warnMissing(t)
	return stream, nil
}

// serve reads the stream of first, and of each that takes its place, until one
// ends without a successor. It returns how that one ended.
func (m *ConnectionManager) serve(ctx context.Context, ladder *fallback.Ladder, first *trial) (fallback.Outcome, error) {
	c := m.adopt(ctx, first, nil)
	for {
		c.spawn(func(ctx context.Context) { m.climb(ctx, ladder, c) })
		err := m.read(c)
		next := c.end()
		if next == nil || ctx.Err() != nil {
			if next != nil {
				next.stream.Close()
			}
			return m.lost(c, err), err
		}
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
	m.current.Store(c)
	m.enter(Change{To: Connected, Transport: t.stream.Transport()})
	if old != nil {
		m.queue.shut(m.queue.open(events.GapSwitch, old.lastFrame()), time.Now())
		m.say.say(slog.LevelInfo, "switched", slog.String("from", old.stream.Transport().String()),
			slog.String("to", t.stream.Transport().String()))
	} else {
		m.recovered(t.stream.Transport())
	}
	m.replay(c, t, old)
	m.widen() // a Subscribe while the stream was being opened
	return c
}

// read hands every frame on until the stream ends; it returns why.
func (m *ConnectionManager) read(c *connection) error {
	for {
		frame, err := c.stream.Next()
		if err != nil {
			return err
		}
		m.receive(c, &frame)
	}
}

// lost ends a connection that has no successor: the outage begins.
func (m *ConnectionManager) lost(c *connection, err error) fallback.Outcome {
	t := c.stream.Transport()
	m.current.Store(nil)
	m.counters.Disconnected(t, transport.Reason(err))
	m.outage = &outage{gap: m.queue.open(events.GapDisconnect, c.lastFrame()), told: true}
	m.say.say(slog.LevelWarn, "stream lost", slog.String("transport", t.String()), slog.Any("error", err))
	out := transport.Classify(t, err)
	out.Good = c.isGood(m.stable())
	return out
}

// refusals decides whether a definite no is the last word: every transport said
// so in one pass, and none was ever proved.
type refusals struct {
	m    *ConnectionManager
	errs map[fallback.Transport]error // of this pass
}

// forget begins a new pass.
func (r *refusals) forget() { r.errs = nil }

// add notes an attempt. Its result is final, or nil.
func (r *refusals) add(out fallback.Outcome, err error) error {
	if r.m.proved || out.Kind != fallback.Refused {
		return nil
	}
	if r.errs == nil {
		r.errs = make(map[fallback.Transport]error)
	}
	r.errs[out.Transport] = err
	order := r.m.order()
	final := &RefusedError{}
	for _, t := range order {
		if r.errs[t] == nil {
			return nil
		}
		final.Refusals = append(final.Refusals, r.errs[t])
	}
	return final
}
