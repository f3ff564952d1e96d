package pulse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

// The naive rule takes the longest of the last ten intervals for the rhythm: one
// hole of 30 s hides all holes below it for ten beats.
func TestRhythmIsNotTheLongestOfTheLastTenOneHoleOf30sHidesNoHoleBelowIt(t *testing.T) {
	p := pulse.New(host, time.Time{})
	require.Empty(t, play(p, every(tips, 3, 0, 30)...))
	require.Len(t, play(p, beat{tips, 60, 60}), 1)
	now := 60.0
	for _, hole := range []float64{29, 6, 12} {
		require.Empty(t, play(p, beat{tips, now + 3, now + 3}))
		now += 3 + hole
		assert.Equal(t, []pulse.Hole{{Lane: events.High, From: at(now - hole), To: at(now)}}, play(p, beat{tips, now, now}),
			"a hole of %.0f s within ten beats of one of 30 s", hole)
	}
}

func TestASlowerNodeStretchesTheRhythm(t *testing.T) {
	for _, c := range []struct {
		of       events.Type
		lane     events.Priority
		interval float64
	}{
		{tips, events.High, 6}, {tips, events.High, 9.4}, {tips, events.High, 20}, {kcore, events.Medium, 12}, {kcore, events.Medium, 18.8},
	} {
		p := pulse.New(host, time.Time{})
		beats := every(c.of, c.interval, 0, 30*c.interval)
		holes := play(p, beats[:6]...)
		assert.Len(t, holes, 5, "before five intervals are known, each is one")
		assert.Empty(t, play(p, beats[6:]...), "then none")

		next := beats[len(beats)-1].sent + 2*c.interval
		assert.Len(t, play(p, beat{c.of, next, next}), 1, "a missing beat of %.1f s is one still", c.interval)
	}
}

func TestASlowNodeIsGivenTimeByItsOwnRhythm(t *testing.T) {
	p := pulse.New(host, time.Time{})
	play(p, every(tips, 10, 0, 100)...)
	play(p, every(kcore, 20, 0, 100)...)
	v, again := p.Look(at(110))
	assert.Equal(t, pulse.Fine, v)
	assert.Equal(t, at(125), again, "2.5 beats of 10 s")
	v, _ = p.Look(at(125))
	assert.Equal(t, pulse.Wake, v)
	v, _ = p.Look(at(134.9))
	assert.Equal(t, pulse.Fine, v)
	v, _ = p.Look(at(135))
	assert.Equal(t, pulse.Stale, v)
}

// The rhythm follows within ten beats, in both directions.
func TestTheRhythmReturns(t *testing.T) {
	p := pulse.New(host, time.Time{})
	play(p, every(tips, 3, 0, 30)...)
	holes := play(p, every(tips, 8, 38, 200)...)
	assert.Len(t, holes, 6, "until the slow ones are the majority")
	require.Empty(t, play(p, every(tips, 3, 200, 230)...))
	assert.Len(t, play(p, beat{tips, 236, 236}), 1)
}

func TestARhythmIsNeverFasterThanThatOfAnUnhurriedNode(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for now := 0.0; now < 60; now += 2.5 {
		_, ok := p.Beat(tips, by(now), at(now))
		require.False(t, ok)
	}
	_, ok := p.Beat(tips, by(57.5+5), at(57.5+5))
	assert.False(t, ok, "5 s are none for a rhythm of 3 s, and would be for one of 2.5 s")
}

// A slow node that sends three more right after each beat is slow still.
func TestExtraBeatsDoNotMakeASlowNodeFast(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for i, b := range every(tips, 8, 0, 400) {
		holes := play(p, b, beat{tips, b.sent + 0.1, b.sent + 0.1}, beat{tips, b.sent + 1, b.sent + 1}, beat{tips, b.sent + 2, b.sent + 2})
		if i > 5 {
			require.Empty(t, holes)
		}
	}
}

func TestARhythmIsNeverSlowerThanAMinute(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for i := range 100 {
		for _, of := range []events.Type{tips, kcore} {
			_, ok := p.Beat(of, by(0).Add(time.Duration(i)*24*365*time.Hour), at(float64(i)))
			require.Equal(t, i > 0, ok, "a year is not a beat")
		}
	}
	v, again := p.Look(at(99))
	assert.Equal(t, pulse.Fine, v)
	assert.Equal(t, at(99+150), again)
}
