package fallback_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

func atEndpoint(e int, t fallback.Transport) fallback.Step {
	return fallback.Step{Endpoint: e, Transport: t}
}

// A Pool of one endpoint is a Ladder, draw for draw.
func TestAPoolOfOneIsALadder(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		pool, ladder := fallback.NewPool(1, fallback.Policy{}, seeded(seed)), fallback.New(fallback.Policy{}, seeded(seed))
		now := start
		step := pool.First(now)
		require.Equal(t, ladder.First(now), step)
		for range 200 {
			now = now.Add(step.Wait + time.Duration(rng.IntN(100_000))*time.Millisecond)
			e, better, at := pool.Better(now)
			want, due := ladder.Better(now)
			require.Equal(t, want, better)
			require.Equal(t, due, at)
			require.Zero(t, e)
			if better != fallback.None && rng.IntN(3) == 0 {
				try := ended(better, fallback.Kind(rng.IntN(5)))
				ladder.Tried(now, better)
				pool.Tried(now, 0, better)
				ladder.Failed(now, try)
				pool.Failed(now, 0, try)
			}
			pool.Suspect(now, 0)
			last := ended(step.Transport, fallback.Kind(rng.IntN(5)))
			last.Good = last.Kind == fallback.Dropped && rng.IntN(2) == 0
			step = pool.Next(now, 0, last)
			require.Equal(t, ladder.Next(now, last), step)
			require.Equal(t, ladder.Refused(), pool.Refused())
		}
	}
}

// Whatever fails at one node, and the loss of a stream that worked: the next node is
// tried at once, and no node is waited for while another was not tried.
func TestAFaultIsAnsweredByTheNextEndpoint(t *testing.T) {
	for _, kind := range []fallback.Kind{fallback.Dropped, fallback.Failed, fallback.Silent, fallback.Busy} {
		t.Run(kind.String(), func(t *testing.T) {
			p := fallback.NewPool(3, fallback.Policy{}, middle)
			assert.Equal(t, atEndpoint(0, fallback.WebSocket), p.First(start))
			assert.Equal(t, atEndpoint(1, fallback.WebSocket), p.Next(start, 0, ended(fallback.WebSocket, kind)))
			assert.Equal(t, atEndpoint(2, fallback.WebSocket), p.Next(start, 1, ended(fallback.WebSocket, kind)))
			again := p.Next(start, 2, ended(fallback.WebSocket, kind))
			assert.Equal(t, 0, again.Endpoint)
			if kind == fallback.Dropped {
				assert.Positive(t, again.Wait)
			} else {
				assert.Equal(t, atEndpoint(0, fallback.SSE), again)
			}
		})
	}
	p := fallback.NewPool(2, fallback.Policy{}, middle)
	p.First(start)
	now := start.Add(time.Hour)
	lost := fallback.Outcome{Transport: fallback.WebSocket, Good: true}
	assert.Equal(t, atEndpoint(1, fallback.WebSocket), p.Next(now, 0, lost))
	// The other one is away, too: back to the first, when its ladder allows it.
	step := p.Next(now, 1, ended(fallback.WebSocket, fallback.Failed))
	assert.Equal(t, 1, step.Endpoint, "by SSE, before a wait for the first")
	step = p.Next(now, 1, ended(fallback.SSE, fallback.Failed))
	assert.Equal(t, fallback.Step{Wait: 500 * time.Millisecond, Transport: fallback.WebSocket}, step)
}

// A refusal is a definite answer: the next transport of the same node, and another
// node only when there is none left.
func TestARefusalIsNoFailover(t *testing.T) {
	p := fallback.NewPool(2, fallback.Policy{}, middle)
	p.First(start)
	assert.Equal(t, atEndpoint(0, fallback.SSE), p.Next(start, 0, ended(fallback.WebSocket, fallback.Refused)))
	assert.Equal(t, atEndpoint(0, fallback.Polling), p.Next(start, 0, ended(fallback.SSE, fallback.Refused)))
	assert.Equal(t, atEndpoint(1, fallback.WebSocket), p.Next(start, 0, ended(fallback.Polling, fallback.Refused)))
	assert.False(t, p.Refused(), "the other one has not answered")
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		p.Next(start, 1, ended(by, fallback.Refused))
		assert.False(t, p.Refused())
	}
	p.Next(start, 1, ended(fallback.Polling, fallback.Refused))
	assert.True(t, p.Refused(), "every transport of every endpoint")
}

// It is not final while one of them is only away, nor once something has been usable.
func TestRefusedIsFinalOnlyIfItIsSoEverywhere(t *testing.T) {
	all := []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling}
	p := fallback.NewPool(2, fallback.Policy{}, middle)
	p.First(start)
	for _, by := range all {
		p.Next(start, 0, ended(by, fallback.Refused))
	}
	now := start
	for range 5 {
		for _, by := range all {
			p.Next(now, 1, ended(by, fallback.Failed))
			assert.False(t, p.Refused())
		}
		now = now.Add(time.Minute)
	}
	for _, by := range all {
		p.Next(now, 1, ended(by, fallback.Refused))
	}
	assert.True(t, p.Refused())

	p = fallback.NewPool(2, fallback.Policy{}, middle)
	p.First(start)
	p.Next(start, 0, ended(fallback.WebSocket, fallback.Dropped))
	for e := range 2 {
		for _, by := range all {
			p.Next(start, e, ended(by, fallback.Refused))
		}
	}
	assert.False(t, p.Refused())
}

// What a server asks for by Retry-After holds for that server.
func TestRetryAfterHoldsForOneEndpoint(t *testing.T) {
	p := fallback.NewPool(2, order(fallback.Polling), middle)
	p.First(start)
	busy := fallback.Outcome{Transport: fallback.Polling, Kind: fallback.Busy, RetryAfter: time.Minute}
	assert.Equal(t, atEndpoint(1, fallback.Polling), p.Next(start, 0, busy))
	now := start
	for range 10 {
		step := p.Next(now, 1, ended(fallback.Polling, fallback.Failed))
		now = now.Add(step.Wait)
		if step.Endpoint == 0 {
			break
		}
	}
	assert.GreaterOrEqual(t, now.Sub(start), time.Minute)
}

// No wait is longer than a minute, no transport of a node is tried more than ten times
// in any minute, and with a node that works one is never far from it.
func TestThePoolKeepsTheBoundsOfItsLadders(t *testing.T) {
	type target struct {
		endpoint int
		by       fallback.Transport
	}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 2))
		n := 2 + rng.IntN(3)
		p := fallback.NewPool(n, fallback.Policy{}, rng.Float64)
		now := start
		step := p.First(now)
		tried := map[target][]time.Time{}
		note := func(e int, by fallback.Transport) {
			tried[target{e, by}] = append(tried[target{e, by}], now)
			list := tried[target{e, by}]
			if len(list) > 10 {
				require.GreaterOrEqual(t, list[len(list)-1].Sub(list[len(list)-11]), time.Minute, "seed %d: %d by %s", seed, e, by)
			}
		}
		for range 300 {
			require.LessOrEqual(t, step.Wait, time.Minute)
			require.GreaterOrEqual(t, step.Wait, time.Duration(0))
			now = now.Add(step.Wait)
			note(step.Endpoint, step.Transport)
			last := ended(step.Transport, fallback.Kind(rng.IntN(5)))
			if rng.IntN(2) == 0 { // it lived, for a while
				last = fallback.Outcome{Transport: step.Transport, Good: rng.IntN(2) == 0}
				if rng.IntN(4) == 0 {
					p.Suspect(now, step.Endpoint)
				}
				end := now.Add(time.Duration(rng.IntN(200)) * time.Second)
				for e, by, at := p.Better(now); by != fallback.None && at.Before(end); e, by, at = p.Better(now) {
					now = at
					note(e, by)
					p.Tried(now, e, by)
					if rng.IntN(3) == 0 {
						p.Promoted(now, e, by)
						step.Endpoint, last.Transport, last.Good = e, by, true
						continue
					}
					now = now.Add(time.Duration(rng.IntN(10_000)) * time.Millisecond)
					p.Failed(now, e, ended(by, fallback.Kind(rng.IntN(5))))
				}
				now = later(now, end)
			}
			step = p.Next(now, step.Endpoint, last)
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
