package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
)

// What is explored to a depth for any chooser holds for long lives with the true
// one, too, and no wait of its own choosing is longer than a minute.
func TestLongLives(t *testing.T) {
	opened := 0
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		endpoints, beats := int(seed%3)+1, seed%2 == 0
		pool := fallback.NewPool(endpoints, fallback.Policy{}, random.Float64)
		n := node{now: Instant{Mono: time.Hour, Wall: 500_000 * time.Hour}, state: New(Config{
			Choices: By(pool), Endpoints: endpoints, Beats: beats, Random: random.Float64,
			Order: []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling},
		})}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			j := &judge{t: t}
			n, _ = n.step(j, Start{}, n.state.choices, n.now)
			for range 1000 {
				if n.state.Phase == Closed {
					break // refused by all
				}
				in, now := n.draw(random, beats)
				next, possible := n.step(j, in, n.state.choices, now)
				next.now.Mono, next.now.Wall = now.Mono+time.Duration(random.IntN(1e9)), now.Wall+time.Duration(random.IntN(1e9))
				if _, tick := in.(Tick); possible || tick {
					n = next
				}
			}
			opened += int(n.state.Newest)
		})
	}
	assert.Greater(t, opened, 2000, "much was opened")
}

// draw returns what happens next: anything, and now and then time goes by instead.
func (n node) draw(random *rand.Rand, beats bool) (Input, Instant) {
	all := n.inputs(beats)
	for {
		in := all[random.IntN(len(all))]
		if _, ends := in.(Stop); ends {
			continue
		}
		if nows := n.nows(in); random.IntN(20) > 0 {
			return in, nows[0]
		} else {
			return in, nows[len(nows)-1]
		}
	}
}
