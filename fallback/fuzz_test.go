package fallback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

// script reads decisions off fuzz data; when it is used up, all are 0.
type script struct{ data []byte }

// next returns a number below n.
func (s *script) next(n int) int {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return int(b) % n
}

// policy returns one of the valid policies.
func (s *script) policy() fallback.Policy {
	orders := [][]fallback.Transport{
		nil, {ws}, {sse}, {poll}, {ws, sse}, {ws, poll}, {sse, poll}, {poll, sse, ws},
	}
	durations := []time.Duration{0, time.Millisecond, time.Second, 7 * time.Second, 45 * time.Second}
	return fallback.Policy{
		Order:         orders[s.next(len(orders))],
		MinDelay:      durations[s.next(3)],
		MaxDelay:      []time.Duration{0, time.Second, 5 * time.Second, time.Hour}[s.next(4)],
		MaxRetryAfter: []time.Duration{0, -1, time.Millisecond, 7 * time.Second}[s.next(4)],
		Promote:       []time.Duration{0, -1, time.Second, time.Hour}[s.next(4)],
	}
}

// outcome returns an end of t.
func (s *script) outcome(t fallback.Transport) fallback.Outcome {
	return fallback.Outcome{
		Transport:  t,
		Kind:       fallback.Kind(s.next(5)),
		Good:       s.next(4) == 0,
		RetryAfter: []time.Duration{0, 0, 0, time.Second, 100 * time.Second, time.Hour}[s.next(6)],
	}
}

// model is what must be true of a Ladder, told without its code.
type model struct {
	policy   fallback.Policy // effective
	ceiling  time.Duration   // of the next wait
	fresh    bool            // no wait since a connection was good
	good     bool            // the running connection is good
	asked    bool            // some server has ever asked to stay away
	attempts log
}

// reset is what good does, and nothing else.
func (m *model) reset() { m.ceiling, m.fresh, m.good = m.policy.MinDelay, true, true }

// check holds a step against the model. last is how the attempt before it ended.
func (m *model) check(t require.TestingT, now time.Time, last fallback.Outcome, step fallback.Step) {
	require.True(t, m.policy.Has(step.Transport), "%s is in the order", step.Transport)
	require.GreaterOrEqual(t, step.Wait, time.Duration(0))
	longest := m.policy.MaxDelay
	if m.asked {
		longest = max(longest, m.policy.MaxRetryAfter)
	}
	require.LessOrEqual(t, step.Wait, longest)

	// Down at once, or a wait below the next ceiling: there is nothing between.
	switch {
	case m.index(step.Transport) > m.index(last.Transport) && step.Wait == 0:
	case m.fresh:
		m.fresh = false
		m.grow()
	default:
		require.GreaterOrEqual(t, step.Wait, m.ceiling/4)
		m.grow()
	}
	m.good = false
	at := m.attempts.note(now, step)
	if m.policy.MaxDelay >= time.Minute {
		recent := 0
		for _, attempt := range m.attempts[step.Transport] {
			if at.Sub(attempt) < time.Minute {
				recent++
			}
		}
		require.LessOrEqual(t, recent, 10, "attempts at %s in a minute", step.Transport)
	}
}

// grow doubles the ceiling.
func (m *model) grow() { m.ceiling = min(2*m.ceiling, m.policy.MaxDelay) }

// index is the rung of t, from the top.
func (m *model) index(t fallback.Transport) int {
	for i, known := range m.policy.Order {
		if known == t {
			return i
		}
	}
	return -1
}

// FuzzLadder plays a policy and a series of ends, goods, tries and promotions, and
// holds every answer against the model: waits within their bounds, never None, never
// more than ten attempts at a transport in a minute, and no reset but by good.
func FuzzLadder(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1})
	f.Add([]byte{4, 1, 1, 0, 0, 0, 3, 0, 4, 9, 0, 0, 0, 1, 1, 1, 2, 5, 3, 0, 2, 4, 5})
	f.Add([]byte("accept, then die, accept, then die, accept, then die"))
	f.Add([]byte{7, 2, 3, 1, 2, 0, 4, 1, 5, 250, 0, 3, 1, 4, 200, 2, 1, 0, 0, 3, 3, 3})
	f.Fuzz(func(t *testing.T, data []byte) { play(t, &script{data: data}) })
}

// play is one run of FuzzLadder.
func play(t *testing.T, s *script) {
	p := s.policy()
	require.Empty(t, p.Validate())
	l := fallback.New(p, func() float64 { return float64(s.next(256)) / 256 })
	m := &model{policy: p.WithDefaults(), attempts: log{}}
	m.ceiling = m.policy.MinDelay

	now := start
	step := l.First(now)
	require.Equal(t, at(m.policy.Order[0]), step)
	m.attempts.note(now, step)
	for len(s.data) > 0 {
		now = now.Add(time.Duration(s.next(256)) * 100 * time.Millisecond)
		switch s.next(6) {
		case 0:
			l.Good(now)
			m.reset()
		case 1:
			step = try(t, l, m, s, now, step)
		default:
			now = now.Add(step.Wait)
			last := s.outcome(step.Transport)
			m.asked = m.asked || last.RetryAfter > 0 && m.policy.MaxRetryAfter > 0
			if last.Good {
				m.reset()
			}
			step = l.Next(now, last)
			m.check(t, now, last, step)
		}
	}
}

// try plays a try of a better transport.
func try(t *testing.T, l *fallback.Ladder, m *model, s *script, now time.Time, step fallback.Step) fallback.Step {
	better, when := l.Better(now)
	if better == fallback.None {
		require.True(t, when.IsZero())
		return step
	}
	require.Less(t, m.index(better), m.index(step.Transport))
	require.False(t, when.Before(now))
	require.Positive(t, m.policy.Promote)
	l.Tried(now, better)
	m.attempts.note(now, fallback.Step{Transport: better})
	if s.next(2) == 0 {
		l.Promoted(now, better)
		m.reset()
		return fallback.Step{Transport: better}
	}
	o := s.outcome(better)
	m.asked = m.asked || o.RetryAfter > 0 && m.policy.MaxRetryAfter > 0
	l.Failed(now, o)
	return step
}
