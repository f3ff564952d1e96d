package fallback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

const (
	ws   = fallback.WebSocket
	sse  = fallback.SSE
	poll = fallback.Polling

	dropped = fallback.Dropped
	failed  = fallback.Failed
	refused = fallback.Refused
	silent  = fallback.Silent
	busy    = fallback.Busy
)

// A move is one call of Next and what it must return.
type move struct {
	last fallback.Outcome
	want fallback.Step
}

// at is the step to a transport at once; after is one that waits.
func at(t fallback.Transport) fallback.Step { return fallback.Step{Transport: t} }
func after(wait time.Duration, t fallback.Transport) fallback.Step {
	return fallback.Step{Wait: wait, Transport: t}
}

// good is the outcome of a connection that became good before it ended.
func good(t fallback.Transport, k fallback.Kind) fallback.Outcome {
	return fallback.Outcome{Transport: t, Kind: k, Good: true}
}

// With draws in the middle, the waits below the ceilings 1, 2, 4 … 60 s are these;
// the first after a good connection is 0.5 s.
const (
	w1  = 625 * time.Millisecond
	w2  = 1250 * time.Millisecond
	w4  = 2500 * time.Millisecond
	w8  = 5 * time.Second
	w16 = 10 * time.Second
	w32 = 20 * time.Second
	w60 = 37500 * time.Millisecond
	w0  = 500 * time.Millisecond
)

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		policy fallback.Policy
		moves  []move
	}{
		"proof of any kind steps down at once": {moves: []move{
			{ended(ws, failed), at(sse)},
			{ended(sse, silent), at(poll)},
			{ended(poll, busy), after(w1, ws)},
			{ended(ws, refused), at(sse)},
			{ended(sse, refused), at(poll)},
		}},
		"when every rung has failed, the ceilings grow to 60 s from pass to pass": {policy: order(sse), moves: []move{
			{ended(sse, failed), after(w1, sse)},
			{ended(sse, busy), after(w2, sse)},
			{ended(sse, silent), after(w4, sse)},
			{ended(sse, failed), after(w8, sse)},
			{ended(sse, failed), after(w16, sse)},
			{ended(sse, failed), after(w32, sse)},
			{ended(sse, failed), after(w60, sse)},
			{ended(sse, failed), after(w60, sse)},
		}},
		"after a drop the same rung": {moves: []move{
			{ended(ws, dropped), after(w1, ws)},
			{ended(ws, dropped), after(w2, ws)},
		}},
		"the third short life in a row moves down at once": {moves: []move{
			{ended(ws, dropped), after(w1, ws)},
			{ended(ws, dropped), after(w2, ws)},
			{ended(ws, dropped), at(sse)},
			{ended(sse, dropped), after(w4, sse)},
			{ended(sse, dropped), after(w8, sse)},
			{ended(sse, dropped), at(poll)},
			{ended(poll, dropped), after(w16, poll)},
			{ended(poll, dropped), after(w32, poll)},
			{ended(poll, dropped), after(w60, ws)},
			{ended(ws, dropped), after(w60, ws)},
		}},
		"a good life between short ones starts their count again": {moves: []move{
			{ended(ws, dropped), after(w1, ws)},
			{ended(ws, dropped), after(w2, ws)},
			{good(ws, dropped), after(w0, ws)},
			{ended(ws, dropped), after(w2, ws)},
			{ended(ws, dropped), after(w4, ws)},
			{ended(ws, dropped), at(sse)},
		}},
		"another rung between short lives starts their count again": {policy: order(ws, sse), moves: []move{
			{ended(ws, dropped), after(w1, ws)},
			{ended(ws, dropped), after(w2, ws)},
			{ended(ws, failed), at(sse)},
			{ended(sse, failed), after(w4, ws)},
			{ended(ws, dropped), after(w8, ws)},
			{ended(ws, dropped), after(w16, ws)},
			{ended(ws, dropped), at(sse)},
		}},
		"the first wait after a good connection is the shortest, the next has the second ceiling": {policy: order(ws), moves: []move{
			{ended(ws, failed), after(w1, ws)},
			{ended(ws, failed), after(w2, ws)},
			{good(ws, dropped), after(w0, ws)},
			{ended(ws, failed), after(w2, ws)},
			{ended(ws, failed), after(w4, ws)},
			{good(ws, failed), after(w0, ws)},
		}},
		"good resets the backoff whatever ended the connection": {moves: []move{
			{ended(ws, failed), at(sse)},
			{ended(sse, failed), at(poll)},
			{ended(poll, failed), after(w1, ws)},
			{good(ws, busy), at(sse)},
			{ended(sse, failed), at(poll)},
			{ended(poll, failed), after(w0, ws)},
		}},
		"good on a lower rung stays there after a drop": {moves: []move{
			{ended(ws, refused), at(sse)},
			{good(sse, dropped), after(w0, sse)},
			{good(sse, dropped), after(w0, sse)},
			{ended(sse, dropped), after(w2, sse)},
		}},
		"below the last rung it starts again on top, also if the top was not tried in this pass": {moves: []move{
			{ended(ws, refused), at(sse)},
			{good(sse, failed), at(poll)},
			{ended(poll, failed), after(w0, ws)},
		}},
		"transports that are switched off are never named": {policy: order(sse, poll), moves: []move{
			{ended(sse, failed), at(poll)},
			{ended(poll, failed), after(w1, sse)},
			{ended(sse, failed), at(poll)},
		}},
		"the order is the user's": {policy: order(poll, ws), moves: []move{
			{ended(poll, failed), at(ws)},
			{ended(ws, failed), after(w1, poll)},
		}},
		"an outcome names its rung": {moves: []move{
			{ended(sse, failed), at(poll)},
			{ended(ws, dropped), after(w1, ws)},
		}},
		"an outcome of a transport that is not in the order counts for the current one": {policy: order(sse, poll), moves: []move{
			{ended(ws, failed), at(poll)},
			{ended(fallback.None, failed), after(w1, sse)},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := fallback.New(c.policy, middle)
			now := start
			require.Equal(t, at(c.policy.WithDefaults().Order[0]), l.First(now), "the first attempt goes at once")
			for i, m := range c.moves {
				now = now.Add(10 * time.Second) // how long a connection or attempt lasts
				step := l.Next(now, m.last)
				require.Equal(t, m.want, step, "move %d: %+v", i, m.last)
				now = now.Add(step.Wait)
			}
		})
	}
}

// Good may be told while the connection runs, or with its end.
func TestGoodIsTheSameBeforeAndAtTheEnd(t *testing.T) {
	for _, early := range []bool{false, true} {
		l := fallback.New(fallback.Policy{}, middle)
		l.First(start)
		l.Next(start, ended(ws, dropped))
		l.Next(start, ended(ws, dropped))
		if early {
			l.Good(start)
		}
		assert.Equal(t, after(w0, ws), l.Next(start, fallback.Outcome{Transport: ws, Good: !early}))
		assert.Equal(t, after(w2, ws), l.Next(start, ended(ws, dropped)), "good was that connection, not this")
	}
}

// A server that refuses everybody in every way is given up by the caller, if nothing
// has ever worked, and else asked about once a minute.
func TestRefusedByEveryTransport(t *testing.T) {
	const w45to60 = 52500 * time.Millisecond

	l := fallback.New(fallback.Policy{}, middle)
	l.First(start)
	l.Next(start, ended(ws, refused))
	assert.False(t, l.Refused(), "two rungs are left")
	l.Next(start, ended(sse, refused))
	assert.False(t, l.Refused(), "one rung is left")
	assert.Equal(t, after(w45to60, ws), l.Next(start, ended(poll, refused)))
	assert.True(t, l.Refused())
	l.Next(start.Add(time.Minute), ended(ws, refused))
	assert.False(t, l.Refused(), "this pass has not ended")
}

func TestRefusedNeedsEveryRungOfOnePass(t *testing.T) {
	for name, c := range map[string]struct {
		policy   fallback.Policy
		outcomes []fallback.Outcome
		refused  bool
		wait     time.Duration
	}{
		"one was only busy":        {fallback.Policy{}, []fallback.Outcome{ended(ws, refused), ended(sse, busy), ended(poll, refused)}, false, w1},
		"one was only not reached": {fallback.Policy{}, []fallback.Outcome{ended(ws, failed), ended(sse, refused), ended(poll, refused)}, false, w1},
		"one rung, refused":        {order(sse), []fallback.Outcome{ended(sse, refused)}, true, 52500 * time.Millisecond},
		"two rungs, both refused":  {order(ws, sse), []fallback.Outcome{ended(ws, refused), ended(sse, refused)}, true, 52500 * time.Millisecond},
		"refusals of two passes": {order(ws, sse), []fallback.Outcome{
			ended(ws, refused), ended(sse, failed), ended(ws, failed), ended(sse, refused),
		}, false, w2},
		"a refusal of the last pass, cooling in this": {order(ws, sse), []fallback.Outcome{
			{Transport: ws, Kind: refused, RetryAfter: time.Hour}, ended(sse, failed), ended(sse, refused),
		}, false, w2},
		"a refusal before something was good": {order(ws, sse), []fallback.Outcome{
			ended(ws, refused), good(sse, refused),
		}, false, w0},
		"something was usable once": {order(ws, sse), []fallback.Outcome{
			ended(ws, dropped), ended(ws, refused), ended(sse, refused),
		}, false, 52500 * time.Millisecond},
		"something was good once": {order(ws, sse), []fallback.Outcome{
			ended(ws, refused), good(sse, refused), ended(ws, refused), ended(sse, refused),
		}, false, 52500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			l := fallback.New(c.policy, middle)
			now := start
			step := l.First(now)
			for _, o := range c.outcomes {
				now = now.Add(step.Wait + time.Second)
				step = l.Next(now, o)
			}
			assert.Equal(t, c.refused, l.Refused())
			assert.Equal(t, c.wait, step.Wait)
		})
	}
}
