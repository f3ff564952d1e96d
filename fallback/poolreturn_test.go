package fallback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

// away is a pool of n whose first endpoint has been lost, and which works on the second.
func away(n int, random func() float64) *fallback.Pool {
	p := fallback.NewPool(n, fallback.Policy{}, random)
	p.First(start)
	p.Next(start, 0, fallback.Outcome{Transport: fallback.WebSocket, Good: true})
	return p
}

// The preferred endpoint is looked at again after a random part of a minute, and taken
// when it has become good.
func TestTheReturnToThePreferredEndpoint(t *testing.T) {
	p := away(3, middle)
	e, by, at := p.Better(start)
	assert.Equal(t, 0, e)
	assert.Equal(t, fallback.WebSocket, by)
	assert.Equal(t, start.Add(37500*time.Millisecond), at, "the middle of 15 s and 60 s")

	// It is not there yet.
	p.Failed(at, e, ended(by, fallback.Failed))
	_, _, again := p.Better(at)
	assert.GreaterOrEqual(t, again.Sub(at), 15*time.Second)
	p.Promoted(again, 0, fallback.WebSocket)
	_, by, _ = p.Better(again)
	assert.Equal(t, fallback.None, by, "there is nothing better than its best transport")
}

// It is tried by transports that are as good as the one that works, one after the other
// if it refuses them.
func TestTheReturnIsByAsGoodATransport(t *testing.T) {
	p := fallback.NewPool(2, fallback.Policy{}, middle)
	p.First(start)
	p.Next(start, 0, ended(fallback.WebSocket, fallback.Failed))
	p.Next(start, 1, ended(fallback.WebSocket, fallback.Refused)) // and SSE works
	_, _, at := p.Better(start)
	now := later(at, start.Add(time.Minute))
	e, by, _ := p.Better(now)
	require.Equal(t, fallback.WebSocket, by)
	for e != 0 {
		p.Failed(now, e, ended(by, fallback.Failed))
		e, by, at = p.Better(now)
		now = at
	}
	require.Equal(t, fallback.WebSocket, by)
	p.Failed(now, 0, ended(fallback.WebSocket, fallback.Refused))
	e, by, at = p.Better(now)
	assert.Equal(t, 0, e)
	assert.Equal(t, fallback.SSE, by)
	assert.Equal(t, now, at, "a refusal is no reason to wait")
	p.Failed(now, 0, ended(fallback.SSE, fallback.Refused))
	if e, by, at = p.Better(now); e == 0 {
		assert.NotEqual(t, fallback.Polling, by, "worse than what works")
		assert.Greater(t, at, now)
	}
}

// A stream anywhere is better than polling: polling misses most kinds of events.
func TestAStreamOfAnotherEndpointIsBetterThanPolling(t *testing.T) {
	p := fallback.NewPool(2, fallback.Policy{}, middle)
	p.First(start)
	p.Next(start, 0, ended(fallback.WebSocket, fallback.Refused))
	p.Next(start, 0, ended(fallback.SSE, fallback.Refused)) // polling works
	e, by, at := p.Better(start)
	assert.Equal(t, 1, e)
	assert.Equal(t, fallback.WebSocket, by)
	assert.Equal(t, start, at)
	p.Promoted(start, 1, fallback.WebSocket)
	e, by, _ = p.Better(start)
	assert.Equal(t, 0, e)
	assert.Equal(t, fallback.WebSocket, by)
}

// A node that comes back for a moment again and again is left alone for longer.
func TestAnEndpointThatFlapsIsLeftAlone(t *testing.T) {
	p := fallback.NewPool(2, fallback.Policy{}, middle)
	p.First(start)
	now := start
	var pauses []time.Duration
	for range 5 {
		step := p.Next(now, 0, fallback.Outcome{Transport: fallback.WebSocket, Good: true})
		require.Equal(t, 1, step.Endpoint)
		e, by, at := p.Better(now)
		require.Equal(t, 0, e)
		pauses = append(pauses, at.Sub(now))
		now = at
		p.Promoted(now, e, by)
		now = now.Add(5 * time.Second)
	}
	for i := 1; i < len(pauses); i++ {
		assert.GreaterOrEqual(t, pauses[i], pauses[i-1])
	}
	assert.Greater(t, pauses[4], 50*time.Second)
	assert.Less(t, pauses[4], 3*time.Minute)
}

// While the node that is connected is silent, every other one is better, at once; not
// those that are silent, too.
func TestASuspectIsWorseThanAnyOther(t *testing.T) {
	p := fallback.NewPool(3, fallback.Policy{}, middle)
	p.First(start)
	now := start.Add(time.Hour)
	_, by, _ := p.Better(now)
	require.Equal(t, fallback.None, by)
	p.Suspect(now, 0)
	e, by, at := p.Better(now)
	assert.Equal(t, 1, e)
	assert.Equal(t, fallback.WebSocket, by)
	assert.Equal(t, now, at)

	// The second is away: the third.
	p.Failed(now, 1, ended(fallback.WebSocket, fallback.Failed))
	e, _, at = p.Better(now)
	assert.Equal(t, 2, e)
	assert.Equal(t, now, at)
	p.Promoted(now, 2, fallback.WebSocket)

	// That falls silent, too: the second again, not the first.
	now = now.Add(10 * time.Second)
	p.Suspect(now, 2)
	e, _, at = p.Better(now)
	assert.Equal(t, 1, e)
	assert.LessOrEqual(t, at.Sub(now), time.Second)

	p.Trust(2)
	e, _, at = p.Better(now)
	assert.Equal(t, 1, e, "the return to a preferred one, which has fewer faults than the first")
	assert.Greater(t, at.Sub(now), 4*time.Second)
}

// Five hundred clients of a node that is away for 20 s: all go on at the other one, and
// come back one after the other.
func TestAPoolOfClientsDoesNotStampede(t *testing.T) {
	const clients = 500
	seconds := map[int]int{}
	for i := range uint64(clients) {
		p := away(2, seeded(i))
		now := start
		for {
			e, by, at := p.Better(now)
			require.Equal(t, 0, e)
			now = at
			if now.Sub(start) >= 20*time.Second {
				p.Promoted(now, e, by)
				break
			}
			p.Failed(now, e, ended(by, fallback.Failed))
		}
		second := int(now.Sub(start) / time.Second)
		require.Less(t, second, 120)
		seconds[second]++
	}
	for at, n := range seconds {
		assert.LessOrEqual(t, n, clients/20, "in second %d", at)
	}
	assert.Greater(t, len(seconds), 40)
}

// Without promotion nothing is changed that works, but a node that fell silent is left.
func TestAPolicyWithoutPromotionStays(t *testing.T) {
	p := fallback.NewPool(2, fallback.Policy{Promote: -1}, middle)
	p.First(start)
	p.Next(start, 0, ended(fallback.WebSocket, fallback.Dropped))
	_, by, _ := p.Better(start.Add(time.Hour))
	assert.Equal(t, fallback.None, by)
	p.Suspect(start, 1)
	e, by, _ := p.Better(start.Add(time.Hour))
	assert.Equal(t, 0, e)
	assert.Equal(t, fallback.WebSocket, by)
}
