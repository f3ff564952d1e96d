package fallback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

// A log counts the attempts at each transport, in time.
type log map[fallback.Transport][]time.Time

// note takes a step, and returns when its attempt begins.
func (g log) note(now time.Time, s fallback.Step) time.Time {
	now = now.Add(s.Wait)
	g[s.Transport] = append(g[s.Transport], now)
	return now
}

// busiest returns the most attempts at t within any minute.
func (g log) busiest(t fallback.Transport) int {
	most, first := 0, 0
	for last, at := range g[t] {
		for at.Sub(g[t][first]) >= time.Minute {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

// longest returns the longest time between two attempts at t.
func (g log) longest(t fallback.Transport) time.Duration {
	pause := time.Duration(0)
	for i := 1; i < len(g[t]); i++ {
		pause = max(pause, g[t][i].Sub(g[t][i-1]))
	}
	return pause
}

// For a day, nobody answers: every attempt fails at once, on all transports. The
// ladder asks as often as its ceilings allow, no more and no less.
func TestADayWithoutServer(t *testing.T) {
	for name, random := range map[string]func() float64{
		"shortest draws": constant(0), "middle draws": middle, "longest draws": constant(1), "random draws": seeded(5),
	} {
		t.Run(name, func(t *testing.T) {
			l := fallback.New(fallback.Policy{}, random)
			attempts := log{}
			now := attempts.note(start, l.First(start))
			for step := at(ws); now.Before(start.Add(24 * time.Hour)); now = attempts.note(now, step) {
				last := step
				step = l.Next(now, ended(last.Transport, failed))
				require.LessOrEqual(t, step.Wait, time.Minute)
				if last.Transport != poll {
					require.Zero(t, step.Wait, "within a pass")
				}
			}
			// From the seventh pass on, a pass each 15 to 60 s.
			const fewest, most = 24 * 60, 24*60*4 + 9
			for _, transport := range []fallback.Transport{ws, sse, poll} {
				assert.GreaterOrEqual(t, len(attempts[transport]), fewest)
				assert.LessOrEqual(t, len(attempts[transport]), most)
				assert.LessOrEqual(t, attempts.busiest(transport), 10)
				assert.LessOrEqual(t, attempts.longest(transport), time.Minute)
			}
		})
	}
}

// A peer accepts every connection and lets it die, at once or after a while, before
// or after it has become good. No success allows a hot loop.
func TestAcceptThenDie(t *testing.T) {
	all := []fallback.Transport{ws, sse, poll}
	for name, c := range map[string]struct {
		order   []fallback.Transport
		life    time.Duration
		good    bool
		kind    fallback.Kind
		atLeast time.Duration // some pause between two attempts at a transport grows to this
	}{
		"dies at once":                   {all, 0, false, dropped, 60 * time.Second},
		"dies after a second":            {all, time.Second, false, dropped, 60 * time.Second},
		"dies after twenty seconds":      {all, 20 * time.Second, false, dropped, 60 * time.Second},
		"freezes":                        {all, 20 * time.Second, false, silent, 60 * time.Second},
		"one transport, dies at once":    {all[:1], 0, false, dropped, 14 * time.Second},
		"one transport, good, then dies": {all[:1], 0, true, dropped, 50 * time.Second},
		"two transports, dies at once":   {all[1:], 0, false, dropped, 45 * time.Second},
		"good, then dies at once":        {all, 0, true, dropped, 0},
		"good, then fails at once":       {all, 0, true, failed, 0},
		"good, then is busy":             {all, time.Second, true, busy, 0},
		"good for five seconds":          {all, 5 * time.Second, true, dropped, 0},
	} {
		for draws, random := range map[string]func() float64{"shortest": constant(0), "random": seeded(6)} {
			t.Run(name+", "+draws, func(t *testing.T) {
				l := fallback.New(fallback.Policy{Order: c.order}, random)
				attempts := log{}
				now := attempts.note(start, l.First(start))
				for step := at(c.order[0]); now.Before(start.Add(2 * time.Hour)); now = attempts.note(now, step) {
					now = now.Add(c.life)
					step = l.Next(now, fallback.Outcome{Transport: step.Transport, Kind: c.kind, Good: c.good})
					require.LessOrEqual(t, step.Wait, time.Minute)
				}
				longest := time.Duration(0)
				for _, transport := range c.order {
					assert.LessOrEqual(t, attempts.busiest(transport), 10, "%s", transport)
					longest = max(longest, attempts.longest(transport))
				}
				assert.GreaterOrEqual(t, longest, c.atLeast)
			})
		}
	}
}

// Ten good lives in a minute are enough: the next transport may do better.
func TestTheEleventhLifeInAMinuteIsForTheNextTransport(t *testing.T) {
	l := fallback.New(fallback.Policy{}, constant(0))
	step := l.First(start)
	for i := range 10 {
		require.Equal(t, ws, step.Transport, "life %d", i)
		step = l.Next(start.Add(time.Duration(i)*time.Second), good(ws, dropped))
	}
	assert.Equal(t, at(sse), step)

	transport, when := l.Better(start.Add(10 * time.Second))
	assert.Equal(t, ws, transport)
	assert.Equal(t, start.Add(time.Minute), when, "when the first of the ten is a minute old")
}
