package lifecycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
)

// jumps are what a wall clock may do that the monotonic one does not: the host sleeps
// for an hour, or somebody sets it.
var jumps = map[string]time.Duration{"forward": time.Hour, "back": -time.Hour}

// follows is a state that follows a node by a transport.
func follows(t *testing.T, by fallback.Transport) (lifecycle.State, lifecycle.Generation) {
	t.Helper()
	s, _ := fresh().Step(lifecycle.Start{}, began)
	for s.Link.Transport != by {
		s, _ = s.Step(lifecycle.Ended{Of: s.Link.Gen, How: fallback.Outcome{Kind: fallback.Failed}}, began)
	}
	s, _ = s.Step(lifecycle.Opened{Of: s.Link.Gen}, began)
	require.Equal(t, lifecycle.Following, s.Phase)
	return s, s.Link.Gen
}

// tick is that time goes by until the state wants to look at it.
func tick(s lifecycle.State, now lifecycle.Instant, in lifecycle.Tick) (lifecycle.State, lifecycle.Instant, []lifecycle.Action) {
	now = now.Add(s.Due - now.Mono)
	in.Of = s.Link.Gen
	s, actions := s.Step(in, now)
	return s, now, actions
}

// Nobody can tell a set clock from sleep: the connection is asked for a sign of life,
// facts are read again, and that is all.
func TestAJumpOfTheClocksLeadsToOneProbe(t *testing.T) {
	for name, jump := range jumps {
		for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
			t.Run(name+" "+by.String(), func(t *testing.T) {
				s, gen := follows(t, by)
				now := began
				now.Wall += jump
				s, now, actions := tick(s, now, lifecycle.Tick{Spoken: true})
				assert.LessOrEqual(t, now.Mono-began.Mono, 5*time.Second, "soon")
				assert.Subset(t, actions, []lifecycle.Action{
					lifecycle.Tell{News: lifecycle.Jumped}, lifecycle.Probe{Gen: gen}, lifecycle.Reread{},
				})
				for range 10 {
					s, now, actions = tick(s, now, lifecycle.Tick{Spoken: true, Frame: now.Mono + time.Second})
					for _, a := range actions {
						assert.IsType(t, lifecycle.Open{}, a, "but for a try of what is better")
					}
				}
				assert.Equal(t, gen, s.Link.Gen)
				assert.Zero(t, s.Winner)
			})
		}
	}
}

// A WebSocket answers. One that does not has not survived the sleep.
func TestAConnectionThatDidNotSurviveTheSleepIsLeft(t *testing.T) {
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(by.String(), func(t *testing.T) {
			s, gen := follows(t, by)
			now := began
			now.Wall += time.Hour
			s, now, _ = tick(s, now, lifecycle.Tick{Spoken: true})
			woke := now.Mono
			var all []lifecycle.Action
			for range 3 {
				var actions []lifecycle.Action
				if s, now, actions = tick(s, now, lifecycle.Tick{Spoken: true, Frame: began.Mono}); len(actions) > 0 {
					all = append(all, actions...)
					break
				}
			}
			if by == fallback.SSE { // it has no way to ask; its own watchdog ends it
				assert.NotContains(t, all, lifecycle.Close{Gen: gen})
				return
			}
			assert.Contains(t, all, lifecycle.Close{Gen: gen})
			assert.LessOrEqual(t, now.Mono-woke, 5*time.Second)
			s, actions := s.Step(lifecycle.Ended{Of: gen, Last: began.Mono}, now)
			assert.Contains(t, actions, lifecycle.OpenGap{Cause: "disconnect", From: began.Mono})
			assert.Equal(t, lifecycle.Waiting, s.Phase)
		})
	}
}

// While a lane blocks the reader nobody can have seen an answer.
func TestABlockedReaderIsNoDeadConnection(t *testing.T) {
	s, gen := follows(t, fallback.WebSocket)
	now := began
	now.Wall += time.Hour
	s, now, _ = tick(s, now, lifecycle.Tick{Spoken: true, Held: true})
	for range 20 {
		var actions []lifecycle.Action
		s, now, actions = tick(s, now, lifecycle.Tick{Spoken: true, Held: true, Frame: began.Mono})
		assert.NotContains(t, actions, lifecycle.Close{Gen: gen})
	}
}

// Who slept has waited, too; and a clock that is put back makes no wait longer.
func TestAWaitEndsByEitherClock(t *testing.T) {
	waiting := func() (lifecycle.State, lifecycle.Instant) {
		s, _ := fresh().Step(lifecycle.Start{}, began)
		for s.Phase != lifecycle.Waiting {
			s, _ = s.Step(lifecycle.Ended{Of: s.Link.Gen, How: fallback.Outcome{Kind: fallback.Failed}}, began)
		}
		// The first wait is short: make it the longest.
		now := began
		for s.Until.Mono-now.Mono < 30*time.Second {
			now = now.Add(s.Until.Mono - now.Mono)
			s, _ = s.Step(lifecycle.Tick{}, now)
			for s.Phase != lifecycle.Waiting {
				s, _ = s.Step(lifecycle.Ended{Of: s.Link.Gen, How: fallback.Outcome{Kind: fallback.Failed}}, now)
			}
		}
		return s, now
	}
	s, now := waiting()
	now.Wall += time.Hour
	s, after, _ := tick(s, now, lifecycle.Tick{})
	assert.Equal(t, lifecycle.Opening, s.Phase)
	assert.LessOrEqual(t, after.Mono-now.Mono, 5*time.Second, "on waking")

	s, now = waiting()
	until := s.Until.Mono
	now.Wall -= time.Hour
	for s.Phase == lifecycle.Waiting {
		s, now, _ = tick(s, now, lifecycle.Tick{})
	}
	assert.Equal(t, until, now.Mono)
}

// A clock that is corrected by a second is nothing.
func TestAClockThatIsCorrectedIsNoJump(t *testing.T) {
	s, _ := follows(t, fallback.WebSocket)
	now := began
	for range 50 {
		now.Wall += time.Second
		var actions []lifecycle.Action
		s, now, actions = tick(s, now, lifecycle.Tick{Spoken: true, Frame: now.Mono + time.Second})
		require.Empty(t, actions)
	}
}
