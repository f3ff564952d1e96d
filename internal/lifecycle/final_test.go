package lifecycle

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
)

// refusals are the actions of a run that a node refuses by its one transport, from the
// start or after it was usable, with somebody's word or a captive portal's page.
func refusals(usable, definite bool) (s State, actions []Action) {
	now := Instant{Mono: time.Hour}
	no := dice{step: fallback.Step{Wait: time.Minute, Transport: fallback.WebSocket}, refused: true}
	s = New(Config{Choices: atOnce, Endpoints: 1, Order: []fallback.Transport{fallback.WebSocket}})
	s, _ = s.Step(Start{}, now)
	if usable {
		s, _ = s.Step(Opened{1}, now)
	}
	s.choices = no
	return s.Step(Ended{Of: 1, How: fallback.Outcome{Kind: fallback.Refused}, Definite: definite}, now)
}

// A definite no from everyone is final, unless something was usable before.
func TestADefiniteNoIsFinal(t *testing.T) {
	s, actions := refusals(false, true)
	assert.Equal(t, Closed, s.Phase)
	assert.Contains(t, actions, GiveUp{})
	for _, c := range [][2]bool{{true, true}, {false, false}, {true, false}} {
		s, actions = refusals(c[0], c[1])
		assert.Equal(t, Waiting, s.Phase, "usable %v, definite %v", c[0], c[1])
		assert.NotContains(t, actions, GiveUp{})
	}
}
