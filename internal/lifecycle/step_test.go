package lifecycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/lifecycle"
)

var began = lifecycle.Instant{Mono: time.Hour, Wall: 1000 * time.Hour}

func fresh() lifecycle.State {
	half := func() float64 { return 0.5 }
	return lifecycle.New(lifecycle.Config{
		Choices: lifecycle.By(fallback.NewPool(1, fallback.Policy{}, half)), Endpoints: 1, Random: half, Beats: true,
		Order: []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling},
	})
}

// A step leaves the state before as it was: the same steps from there again are the
// same.
func TestAStateIsAValue(t *testing.T) {
	s, _ := fresh().Step(lifecycle.Start{}, began)
	fails := func(s lifecycle.State) (all []lifecycle.Action) {
		now := began
		for range 20 {
			var actions []lifecycle.Action
			now = now.Add(max(s.Due-now.Mono, 0))
			in := lifecycle.Input(lifecycle.Tick{})
			if s.Phase == lifecycle.Opening {
				in = lifecycle.Ended{Of: s.Link.Gen, How: fallback.Outcome{Kind: fallback.Failed}}
			}
			s, actions = s.Step(in, now)
			all = append(all, actions...)
		}
		return all
	}
	first := fails(s)
	assert.Greater(t, len(first), 20)
	assert.Equal(t, first, fails(s))
}
