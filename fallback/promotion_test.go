package fallback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

// lowered returns a ladder whose polling rung is current and good: the better ones
// ended at start, as told.
func lowered(p fallback.Policy, random func() float64, web, stream fallback.Kind) *fallback.Ladder {
	l := fallback.New(p, random)
	l.First(start)
	l.Next(start, ended(ws, web))
	l.Next(start, ended(sse, stream))
	l.Good(start)
	return l
}

// due asserts what Better names, and how long after start.
func due(t *testing.T, l *fallback.Ladder, now, wait time.Duration, transport fallback.Transport) {
	t.Helper()
	got, when := l.Better(start.Add(now))
	assert.Equal(t, transport, got)
	assert.Equal(t, wait, when.Sub(start), "after start")
}

func TestNothingIsBetterThanTheBest(t *testing.T) {
	l := fallback.New(fallback.Policy{}, middle)
	for _, begin := range []func(){func() {}, func() { l.First(start) }, func() { l.Good(start) }} {
		begin()
		transport, when := l.Better(start)
		assert.Equal(t, fallback.None, transport)
		assert.True(t, when.IsZero())
	}
}

func TestARefusedOrSilentRungIsTriedAgainAboutEveryMinute(t *testing.T) {
	pauses := []time.Duration{52500 * time.Millisecond, 59500 * time.Millisecond} // the middle of 45 to 60 s, of 59 to 60 s
	for _, kind := range []fallback.Kind{refused, silent} {
		l := lowered(fallback.Policy{}, middle, kind, kind)
		now := time.Duration(0)
		for n := range 20 {
			pause := pauses[min(n, 1)]
			due(t, l, now, now+pause, ws)
			now += pause
			l.Failed(start.Add(now), ended(ws, kind))
			due(t, l, now, now, sse)
			l.Failed(start.Add(now), ended(sse, kind))
		}
	}
}

func TestADroppedFailedOrBusyRungIsTriedAgainAfterGrowingWaits(t *testing.T) {
	for _, kind := range []fallback.Kind{dropped, failed, busy} {
		l := fallback.New(order(ws, sse), middle)
		l.First(start)
		l.Next(start, ended(ws, failed))
		l.Good(start)
		now := time.Duration(0)
		for _, pause := range []time.Duration{w1, w2, w4, w8, w16, w32, w60, w60} {
			due(t, l, now, now+pause, ws)
			now += pause
			l.Failed(start.Add(now), ended(ws, kind))
		}
	}
}

// Nothing hammers what has refused: not more than one try a minute, whatever is
// drawn, and yet those who were refused at the same moment are spread.
func TestARefusedRungIsTriedOnceAMinute(t *testing.T) {
	for _, draw := range []float64{0, 0.5, 1} {
		l := lowered(fallback.Policy{}, constant(draw), refused, refused)
		now, tries := start, 0
		for {
			transport, at := l.Better(now)
			if now = at; now.Sub(start) >= 10*time.Minute {
				break
			}
			if transport == ws {
				tries++
			}
			l.Failed(now, ended(transport, refused))
		}
		assert.LessOrEqual(t, tries, 10)
		assert.GreaterOrEqual(t, tries, 9)
	}
}

// A rung that has worked in between is one that is refused for the first time.
func TestARungThatWorkedIsSpreadAgain(t *testing.T) {
	l := lowered(fallback.Policy{}, middle, refused, refused)
	l.Failed(start, ended(ws, refused))
	due(t, l, 0, 52500*time.Millisecond, sse)
	l.Promoted(start, ws)
	l.Next(start, ended(ws, refused))
	l.Promoted(start, sse)
	due(t, l, 0, 52500*time.Millisecond, ws)
}

// The draws are the Ladder's own, so tries do not come in herds either.
func TestPausesBetweenTriesAreSpread(t *testing.T) {
	random := seeded(8)
	for _, c := range []struct {
		kind      fallback.Kind
		low, high time.Duration
	}{
		{refused, 45 * time.Second, time.Minute},
		{failed, time.Second / 4, time.Second},
	} {
		seen := map[time.Time]bool{}
		for range 1000 {
			_, when := lowered(fallback.Policy{}, random, c.kind, c.kind).Better(start)
			require.WithinRange(t, when, start.Add(c.low), start.Add(c.high))
			seen[when] = true
		}
		assert.Greater(t, len(seen), 900)
	}
}

func TestTheRungThatIsDueFirstIsTriedFirstAndTheBetterOfTwo(t *testing.T) {
	l := lowered(fallback.Policy{}, middle, refused, failed)
	due(t, l, 0, w1, sse)
	due(t, l, 10*time.Second, 10*time.Second, sse)
	l = lowered(fallback.Policy{}, middle, failed, failed)
	due(t, l, time.Minute, time.Minute, ws)
}

func TestAskingChangesNothing(t *testing.T) {
	l := lowered(fallback.Policy{}, seeded(9), failed, refused)
	first, when := l.Better(start)
	for range 100 {
		again, at := l.Better(start)
		require.Equal(t, first, again)
		require.Equal(t, when, at)
	}
}

func TestPromoted(t *testing.T) {
	l := lowered(fallback.Policy{}, middle, refused, failed)
	now := start.Add(time.Hour)
	l.Promoted(now, sse)
	due(t, l, time.Hour, time.Hour, ws)
	l.Promoted(now, ws)
	transport, _ := l.Better(now)
	assert.Equal(t, fallback.None, transport)

	// It is a good connection like any other.
	assert.Equal(t, after(w0, ws), l.Next(now, ended(ws, dropped)))
	assert.Equal(t, after(w2, ws), l.Next(now, ended(ws, dropped)))
}

// What was held against a transport is over once it is good.
func TestPromotedForgetsWhatWasBefore(t *testing.T) {
	l := lowered(fallback.Policy{}, middle, failed, failed)
	for range 3 {
		l.Failed(start, ended(ws, failed))
	}
	l.Failed(start, asked(ws, 5*time.Minute))
	due(t, l, 0, w1, sse)

	now := start.Add(time.Second)
	l.Promoted(now, ws) // tried too early, and yet
	require.Equal(t, after(w0, ws), l.Next(now, ended(ws, dropped)))
	require.Equal(t, at(sse), l.Next(now, ended(ws, failed)))
	due(t, l, time.Second, time.Second+w2, ws) // after w1 for the drop

	// Going down by hand is possible too: what is left was good and is due.
	l.Promoted(now, ws)
	l.Promoted(now, poll)
	due(t, l, time.Second, time.Second, ws)
}

func TestAFailedTryLeavesTheRunningConnectionAlone(t *testing.T) {
	l := lowered(fallback.Policy{}, middle, failed, failed)
	for range 30 {
		l.Failed(start, ended(ws, dropped))
	}
	assert.Equal(t, after(w0, poll), l.Next(start.Add(time.Hour), ended(poll, dropped)))
}

// Tries count as attempts, so that tries and passes together are no hot loop.
func TestTriesCountAsAttempts(t *testing.T) {
	l := lowered(fallback.Policy{}, constant(0), failed, failed)
	l.Tried(start, sse)
	l.Failed(start, ended(sse, refused))
	for range 9 {
		due(t, l, 20*time.Second, 20*time.Second, ws)
		l.Tried(start, ws)
		l.Failed(start, ended(ws, failed))
	}
	due(t, l, 20*time.Second, 45*time.Second, sse)
	due(t, l, 50*time.Second, 50*time.Second, sse)
	due(t, l, 60*time.Second, 60*time.Second, ws)
}

// A try counts from when it begins, not from when it ends, and also if it is broken off.
func TestATryCountsWhenItBegins(t *testing.T) {
	l := fallback.New(order(ws, sse), constant(0))
	l.First(start)
	l.Next(start, ended(ws, failed))
	l.Good(start)
	for range 9 { // and the attempt before them
		l.Tried(start, ws)
	}
	l.Failed(start.Add(10*time.Second), ended(ws, failed))
	due(t, l, 11*time.Second, 60*time.Second, ws)
}

// A better transport that becomes good and dies is not tried in a hot loop either.
func TestPromotionsAreBounded(t *testing.T) {
	l := lowered(fallback.Policy{Order: []fallback.Transport{ws, poll}}, constant(0), failed, failed)
	attempts := log{}
	now := start
	for now.Before(start.Add(time.Hour)) {
		l.Tried(now, ws)
		l.Promoted(now, ws)
		attempts[ws] = append(attempts[ws], now)
		step := l.Next(now, ended(ws, failed))
		require.Equal(t, at(poll), step)
		l.Good(now)
		var transport fallback.Transport
		transport, now = l.Better(now)
		require.Equal(t, ws, transport)
	}
	assert.LessOrEqual(t, attempts.busiest(ws), 10)
	assert.GreaterOrEqual(t, len(attempts[ws]), 60)
}

func TestPromoteIsTheLongestPause(t *testing.T) {
	l := lowered(fallback.Policy{Promote: 10 * time.Second}, constant(1), failed, refused)
	now := start
	for range 50 {
		transport, when := l.Better(now)
		require.LessOrEqual(t, when.Sub(now), 10*time.Second)
		now = when
		l.Failed(now, ended(transport, failed))
	}
	l = lowered(fallback.Policy{Promote: 100 * time.Millisecond}, constant(1), failed, failed)
	due(t, l, 0, 100*time.Millisecond-1, ws)
}

func TestNegativePromoteMeansNever(t *testing.T) {
	l := lowered(fallback.Policy{Promote: -1}, middle, failed, refused)
	transport, _ := l.Better(start.Add(24 * time.Hour))
	assert.Equal(t, fallback.None, transport)
	assert.Equal(t, after(w0, poll), l.Next(start, ended(poll, dropped)))
	assert.Equal(t, after(w2, ws), l.Next(start, ended(poll, failed)), "but a pass begins on top")
}

func TestTriesOfATransportThatIsNotInTheOrderAreIgnored(t *testing.T) {
	l := lowered(order(ws, sse), middle, failed, dropped)
	l.Failed(start, ended(poll, refused))
	l.Promoted(start, poll)
	due(t, l, 0, w1, ws)
}
