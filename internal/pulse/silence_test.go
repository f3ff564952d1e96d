package pulse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/pulse"
)

// A look is what Look returned, in seconds after the opening.
type look struct {
	at      float64
	verdict pulse.Verdict
}

// looks follows p from one time to another, looking again when it says.
func looks(t *testing.T, p *pulse.Pulse, from, to float64) (seen []look) {
	t.Helper()
	for now := at(from); !now.After(at(to)); {
		v, again := p.Look(now)
		require.True(t, again.After(now))
		if v != pulse.Fine {
			seen = append(seen, look{now.Sub(host).Seconds(), v})
		}
		now = again
	}
	return seen
}

func TestMissedBeatsWakeOnceEachAndThenTheViewIsStale(t *testing.T) {
	p := pulse.New(host, time.Time{})
	play(p, beat{kcore, 6, 6}, beat{tips, 6, 6})
	assert.Equal(t, []look{
		{13.5, pulse.Wake},                                          // 2.5 beats
		{16.5, pulse.Stale},                                         // one more
		{19.5, pulse.Stale}, {21, pulse.Stale}, {22.5, pulse.Stale}, // 21 s: 2.5 beats of the k-core
	}, looks(t, p, 6, 24))
}

func TestAConnectionWithoutAnyBeatIsStaleAfter10s(t *testing.T) {
	assert.Equal(t, []look{{7.5, pulse.Wake}, {10.5, pulse.Stale}}, looks(t, pulse.New(host, time.Time{}), 0, 13))
}

func TestAnEarlyLookDoesNotUseUpTheWake(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for _, now := range []float64{0, 3, 7.4} {
		v, again := p.Look(at(now))
		require.Equal(t, pulse.Fine, v)
		require.Equal(t, at(7.5), again)
	}
	v, again := p.Look(at(8))
	require.Equal(t, pulse.Wake, v)
	assert.Equal(t, at(10.5), again)
	v, again = p.Look(at(9))
	assert.Equal(t, pulse.Fine, v, "one wake per missed beat")
	assert.Equal(t, at(10.5), again)
}

// A host that was asleep looks late, and gets one wake for all missed beats.
func TestALateLookGetsOneVerdict(t *testing.T) {
	p := pulse.New(host, time.Time{})
	v, again := p.Look(at(3600))
	assert.Equal(t, pulse.Stale, v)
	assert.True(t, again.After(at(3600)))
	assert.False(t, again.After(at(3603)))
}

func TestABeatEndsTheSilence(t *testing.T) {
	for _, of := range []beat{{tips, 20, 20}, {kcore, 20, 20}} {
		p := pulse.New(host, time.Time{})
		v, _ := p.Look(at(15))
		require.Equal(t, pulse.Stale, v)
		v, _ = p.Look(at(19))
		require.Equal(t, pulse.Stale, v, "it stays until then")
		play(p, of)
		v, again := p.Look(at(20))
		assert.NotEqual(t, pulse.Stale, v)
		assert.True(t, again.After(at(20)))
	}
}

// Which lane is missing matters: the other proves the socket and the main loop.
func TestALaneThatStaysAwayWhileTheOtherBeatsIsWokenAndNotStale(t *testing.T) {
	t.Run("tips", func(t *testing.T) {
		p := pulse.New(host, time.Time{})
		play(p, beat{tips, 0, 0})
		var seen []look
		for now := 0.0; now < 24; now += 6 {
			play(p, beat{kcore, now, now})
			seen = append(seen, looks(t, p, now, now+5.9)...)
		}
		assert.Equal(t, []look{
			{7.5, pulse.Wake}, {10.5, pulse.Wake}, {13.5, pulse.Wake}, {16.5, pulse.Wake}, {19.5, pulse.Wake}, {22.5, pulse.Wake},
		}, seen)
	})
	t.Run("k-core", func(t *testing.T) {
		p := pulse.New(host, time.Time{})
		play(p, beat{kcore, 0, 0})
		var seen []look
		for now := 0.0; now < 30; now += 3 {
			play(p, beat{tips, now, now})
			seen = append(seen, looks(t, p, now, now+2.9)...)
		}
		assert.Equal(t, []look{{15, pulse.Wake}, {21, pulse.Wake}, {27, pulse.Wake}}, seen)
	})
}

// The tips have been missing, and now the k-core is as well: one missed k-core is
// no proof of anything, so its rhythm counts.
func TestWhereOnlyTheKCoreBeatsItsRhythmSaysWhenTheViewIsStale(t *testing.T) {
	p := pulse.New(host, time.Time{})
	play(p, every(kcore, 6, 0, 30)...)
	for _, l := range looks(t, p, 30, 30+20.9) {
		require.Equal(t, pulse.Wake, l.verdict, "at %.1f s", l.at)
	}
	v, _ := p.Look(at(30 + 21))
	assert.Equal(t, pulse.Stale, v)
}

// The k-core came 7.4 s after the last tips: the 2.5 beats of the tips are over, and
// nothing has been silent for long.
func TestTheViewIsStaleOnlyIfBothLanesAreSilent(t *testing.T) {
	p := pulse.New(host, time.Time{})
	play(p, beat{tips, 0, 0}, beat{kcore, 7.4, 7.4})
	for _, l := range looks(t, p, 7.4, 17.8) {
		require.Equal(t, pulse.Wake, l.verdict, "at %.1f s", l.at)
	}
	v, _ := p.Look(at(17.9))
	assert.Equal(t, pulse.Stale, v, "10.5 s after the last beat")
}

// A node that dies is stale within 20 s, whichever beat was the last.
func TestADeadNodeIsStaleWithin20s(t *testing.T) {
	for died := 6.0; died < 20; died += 0.1 {
		p := pulse.New(host, time.Time{})
		play(p, every(kcore, 6, 0.5, died)...)
		play(p, every(tips, 3, 0.5, died)...)
		seen := looks(t, p, died, died+20)
		require.NotEmpty(t, seen)
		assert.Equal(t, pulse.Wake, seen[0].verdict)
		assert.Equal(t, pulse.Stale, seen[len(seen)-1].verdict, "died at %.1f s", died)
	}
}

// A lane with the policy "block" is full: nobody reads, so no beat can come.
func TestMissedBeatsDoNotCountWhileTheReaderIsHeld(t *testing.T) {
	p := pulse.New(host, time.Time{})
	play(p, beat{tips, 3, 3}, beat{kcore, 3, 3})
	p.Held(at(5))
	p.Held(at(6)) // once is enough
	for now := 5.0; now < 600; now += 10 {
		v, again := p.Look(at(now))
		require.Equal(t, pulse.Fine, v, "at %.0f s", now)
		require.True(t, again.After(at(now)))
	}
	p.Freed(at(600))
	p.Freed(at(602)) // nor twice
	assert.Equal(t, []look{{605.5, pulse.Wake}, {608.5, pulse.Stale}}, looks(t, p, 600, 610),
		"2 s were silent before, so 5.5 s remain")
}

func TestABeatWhileHeldCountsFromThenOn(t *testing.T) {
	p := pulse.New(host, time.Time{})
	p.Held(at(5))
	play(p, beat{tips, 8, 8})
	p.Freed(at(100))
	assert.Equal(t, look{107.5, pulse.Wake}, looks(t, p, 100, 108)[0])
}

func TestAHeldReaderFindsTheHoleInWhatItReadsThen(t *testing.T) {
	p := pulse.New(host, time.Time{})
	require.Empty(t, play(p, beat{tips, 3, 3}))
	p.Held(at(4))
	p.Freed(at(64))
	holes := play(p, beat{tips, 6, 64}, beat{tips, 9, 64}, beat{tips, 60, 64.001}, beat{tips, 63, 64.002})
	require.Len(t, holes, 1)
	assert.Equal(t, at(64), holes[0].From)
	assert.Equal(t, at(64.001), holes[0].To)

	p = pulse.New(host, time.Time{})
	p.Held(at(4))
	p.Freed(at(64))
	assert.Empty(t, play(p, every(tips, 3, 3, 63)...), "and none where all was buffered")
}

func TestAShortHoldDoesNotHideASilence(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for now := 0.0; now < 12; now++ {
		p.Held(at(now))
		p.Freed(at(now + 0.1))
	}
	assert.Equal(t, []look{{12, pulse.Stale}}, looks(t, p, 12, 12.5), "12 s less 1.2 s held")
}

// The host's clock cannot be trusted to go forwards where there is no monotonic one.
func TestALookBackIsFine(t *testing.T) {
	p := pulse.New(host, time.Time{})
	v, again := p.Look(host.Add(-time.Hour))
	assert.Equal(t, pulse.Fine, v)
	assert.True(t, again.After(host.Add(-time.Hour)))
}

func TestVerdictsHaveNames(t *testing.T) {
	assert.Equal(t, "fine", pulse.Fine.String())
	assert.Equal(t, "wake", pulse.Wake.String())
	assert.Equal(t, "stale", pulse.Stale.String())
}
