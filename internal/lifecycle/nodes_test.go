package lifecycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

// A life is a state with several nodes, and the instant it is at.
type life struct {
	lifecycle.State

	t   *testing.T
	now lifecycle.Instant
}

// ofNodes begins a life with n nodes.
func ofNodes(t *testing.T, n int) (*life, []lifecycle.Action) {
	t.Helper()
	half := func() float64 { return 0.5 }
	l := &life{t: t, now: began, State: lifecycle.New(lifecycle.Config{
		Choices: lifecycle.By(fallback.NewPool(n, fallback.Policy{}, half)), Endpoints: n, Random: half, Beats: true,
		Order: []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling}, Prove: 45 * time.Second,
	})}
	return l, l.does(lifecycle.Start{})
}

// does takes a step.
func (l *life) does(in lifecycle.Input) (actions []lifecycle.Action) {
	l.State, actions = l.Step(in, l.now)
	return actions
}

// tick lets d go by and looks; the running connection is fine, or stale.
func (l *life) tick(d time.Duration, verdict pulse.Verdict) []lifecycle.Action {
	l.now = l.now.Add(d)
	return l.does(lifecycle.Tick{
		Of: l.Link.Gen, Frame: l.now.Mono, Beat: l.Link.Opened, Spoken: true,
		Looked: true, Verdict: verdict, Again: l.now.Mono + 3*time.Second,
	})
}

// connected has the first node's WebSocket deliver, and be good.
func connected(t *testing.T, n int) *life {
	t.Helper()
	l, _ := ofNodes(t, n)
	l.does(lifecycle.Opened{Of: 1})
	l.does(lifecycle.Proved{Of: 1})
	require.Equal(t, lifecycle.Following, l.Phase)
	return l
}

// only returns the only action of its type.
func only[A lifecycle.Action](t *testing.T, actions []lifecycle.Action) A {
	t.Helper()
	var found []A
	for _, a := range actions {
		if a, ok := a.(A); ok {
			found = append(found, a)
		}
	}
	require.Len(t, found, 1, "%#v", actions)
	return found[0]
}

func has[A lifecycle.Action](actions []lifecycle.Action) bool {
	for _, a := range actions {
		if _, ok := a.(A); ok {
			return true
		}
	}
	return false
}

func lost() fallback.Outcome { return fallback.Outcome{Kind: fallback.Dropped} }

// After the loss of a stream that worked, the next node is opened in the same step.
func TestALostStreamIsFollowedByTheNextNode(t *testing.T) {
	l := connected(t, 2)
	l.now = l.now.Add(time.Hour)
	actions := l.does(lifecycle.Ended{Of: 1, How: lost()})
	open := only[lifecycle.Open](t, actions)
	assert.Equal(t, lifecycle.Target{Endpoint: 1, Transport: fallback.WebSocket}, open.Target)
	assert.False(t, has[lifecycle.Wait](actions))
	adopt := only[lifecycle.Adopt](t, l.does(lifecycle.Opened{Of: open.Gen}))
	assert.True(t, adopt.Moved)
	assert.Zero(t, adopt.Over)

	// And with one node, the same one, after a wait.
	l = connected(t, 1)
	assert.True(t, has[lifecycle.Wait](l.does(lifecycle.Ended{Of: 1, How: lost()})))
}

// The return: the preferred node is tried beside the one that delivers, and takes its
// place when it is good.
func TestTheReturnIsMakeBeforeBreak(t *testing.T) {
	l := connected(t, 2)
	l.does(lifecycle.Ended{Of: 1, How: lost()})
	l.does(lifecycle.Opened{Of: 2})
	var open lifecycle.Open
	for l.now.Mono < began.Mono+time.Minute {
		if actions := l.tick(time.Second, pulse.Fine); has[lifecycle.Open](actions) {
			open = only[lifecycle.Open](t, actions)
			break
		}
	}
	require.Equal(t, lifecycle.Target{Endpoint: 0, Transport: fallback.WebSocket}, open.Target)
	assert.Equal(t, lifecycle.Better, open.For)
	assert.GreaterOrEqual(t, l.now.Mono-began.Mono, 15*time.Second)
	assert.Empty(t, l.does(lifecycle.Opened{Of: open.Gen}), "usable is not good")
	l.does(lifecycle.Proved{Of: open.Gen})
	assert.Equal(t, lifecycle.Close{Gen: 2}, only[lifecycle.Close](t, l.does(lifecycle.Ready{Of: open.Gen})))
	adopt := only[lifecycle.Adopt](t, l.does(lifecycle.Ended{Of: 2, How: lost()}))
	assert.Equal(t, lifecycle.Generation(2), adopt.Over)
	assert.True(t, adopt.Moved)
}

// dies has the running connection fall silent, and the node be found dead.
func (l *life) dies() (actions []lifecycle.Action) {
	l.t.Helper()
	trial := only[lifecycle.Open](l.t, l.tick(11*time.Second, pulse.Stale))
	require.Equal(l.t, lifecycle.Experiment, trial.For)
	l.does(lifecycle.Opened{Of: trial.Gen})
	return l.does(lifecycle.Answered{Of: trial.Gen})
}

// A dead node is left for another one, which is tried at once, beside it. The silence
// was the dead one's.
func TestADeadNodeIsLeft(t *testing.T) {
	l := connected(t, 2)
	assert.True(t, has[lifecycle.OpenGap](l.dies()))
	assert.LessOrEqual(t, l.Due, l.now.Mono)
	open := only[lifecycle.Open](t, l.tick(0, pulse.Fine))
	assert.Equal(t, lifecycle.Target{Endpoint: 1, Transport: fallback.WebSocket}, open.Target)
	l.does(lifecycle.Opened{Of: open.Gen})
	l.does(lifecycle.Ready{Of: open.Gen})
	actions := l.does(lifecycle.Ended{Of: 1, How: lost()})
	assert.True(t, only[lifecycle.Adopt](t, actions).Moved)
	assert.Equal(t, events.GapByDead, only[lifecycle.CloseGap](t, actions).Cause)
	assert.Zero(t, l.Silence)

	// It is not returned to while it says nothing.
	for range 100 {
		actions := l.tick(time.Second, pulse.Fine)
		if has[lifecycle.Open](actions) {
			l.does(lifecycle.Opened{Of: only[lifecycle.Open](t, actions).Gen})
		}
	}
	assert.Equal(t, 1, l.Link.Endpoint)
}

// A dead node that speaks again is not left.
func TestANodeThatSpeaksAgainIsNotLeft(t *testing.T) {
	l := connected(t, 2)
	l.dies()
	l.does(lifecycle.Spoke{Of: 1, At: l.now.Mono})
	assert.False(t, has[lifecycle.Open](l.tick(time.Second, pulse.Fine)))
}

// A node that is as silent does not hold the place of the next one for ever, nor does
// a try of the same node.
func TestARivalHasToProveItself(t *testing.T) {
	l := connected(t, 3)
	l.dies()
	second := only[lifecycle.Open](t, l.tick(0, pulse.Fine))
	require.Equal(t, 1, second.Endpoint)
	l.does(lifecycle.Opened{Of: second.Gen})
	assert.False(t, has[lifecycle.Close](l.tick(44*time.Second, pulse.Fine)))
	assert.LessOrEqual(t, l.Due, l.now.Mono+time.Second)
	actions := l.tick(time.Second, pulse.Fine)
	assert.Equal(t, second.Gen, only[lifecycle.Close](t, actions).Gen)
	assert.Equal(t, 2, only[lifecycle.Open](t, actions).Endpoint)

	l, _ = ofNodes(t, 2)
	l.does(lifecycle.Ended{Of: 1, How: fallback.Outcome{Kind: fallback.Refused}})
	l.does(lifecycle.Opened{Of: 2}) // by SSE
	var better lifecycle.Open
	for better.Gen == 0 {
		if actions := l.tick(time.Second, pulse.Fine); has[lifecycle.Open](actions) {
			better = only[lifecycle.Open](t, actions)
		}
	}
	require.Equal(t, lifecycle.Target{Transport: fallback.WebSocket}, better.Target)
	l.does(lifecycle.Opened{Of: better.Gen})
	l.now = l.now.Add(time.Second)
	actions = l.does(lifecycle.Tick{Of: 2, Frame: l.now.Mono, Spoken: true, Looked: true, Verdict: pulse.Stale, Again: l.now.Mono})
	assert.Equal(t, better.Gen, only[lifecycle.Close](t, actions).Gen)
	assert.Equal(t, 1, only[lifecycle.Open](t, actions).Endpoint)
}

// Every transport of every node has to refuse before that is the end.
func TestGivingUpTakesARefusalOfEveryNode(t *testing.T) {
	l, actions := ofNodes(t, 2)
	for n := range 6 {
		require.NotEqual(t, lifecycle.Closed, l.Phase)
		open := only[lifecycle.Open](t, actions)
		require.Equal(t, n/3, open.Endpoint)
		actions = l.does(lifecycle.Ended{Of: open.Gen, How: fallback.Outcome{Kind: fallback.Refused}, Definite: true})
	}
	assert.True(t, has[lifecycle.GiveUp](actions))
	assert.Equal(t, lifecycle.Closed, l.Phase)
}
