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

// A step leaves the state before as it was: the same step from there again is the
// same.
func TestAStateIsAValue(t *testing.T) {
	s, _ := fresh().Step(lifecycle.Start{}, began)
	failed := lifecycle.Ended{Of: 1, How: fallback.Outcome{Kind: fallback.Failed}}
	first, actions := s.Step(failed, began)
	assert.Equal(t, lifecycle.Opening, first.Phase)
	assert.Equal(t, fallback.SSE, first.Link.Transport)
	again, same := s.Step(failed, began)
	assert.Equal(t, first.Link, again.Link)
	assert.Equal(t, actions, same)
	assert.Equal(t, fallback.WebSocket, s.Link.Transport)
}
