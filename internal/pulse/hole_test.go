package pulse_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

func TestTwoBeatsFurtherApartThanOneAndTwoSecondsAreAHole(t *testing.T) {
	for _, c := range []struct {
		of       events.Type
		interval time.Duration
		lane     events.Priority
		hole     bool
	}{
		{tips, 0, events.High, false},
		{tips, 3 * time.Second, events.High, false},
		{tips, 5 * time.Second, events.High, false},
		{tips, 5*time.Second + 1, events.High, true},
		{tips, 6 * time.Second, events.High, true},
		{tips, time.Hour, events.High, true},
		{kcore, 6 * time.Second, events.Medium, false},
		{kcore, 8 * time.Second, events.Medium, false},
		{kcore, 8*time.Second + 1, events.Medium, true},
		{kcore, 12 * time.Second, events.Medium, true},
	} {
		p := pulse.New(host, time.Time{})
		_, ok := p.Beat(c.of, by(1), at(1))
		require.False(t, ok, "there is nothing before the first")
		h, ok := p.Beat(c.of, by(1).Add(c.interval), at(2))
		assert.Equal(t, c.hole, ok, "%s after %s", c.of, c.interval)
		if c.hole {
			assert.Equal(t, pulse.Hole{Lane: c.lane, From: at(1), To: at(2)}, h)
		} else {
			assert.Zero(t, h)
		}
	}
}

// The naive rule waits for 15 s of silence. A reader stalled from 4 s to 22 s, and
// the high lane of its socket overflowed at the server; the two medium events of
// 24 s allowed the lane to be sent again. Nothing was ever silent for long after the
// stall, and 4,639 events are missing.
func TestFifteenSecondsOfSilenceLagHoleHealedAfter6sByTheOtherLanes(t *testing.T) {
	p := pulse.New(host, time.Time{})
	require.Empty(t, play(p, beat{tips, 3, 3}, beat{kcore, 3, 3}))
	p.Held(at(4))
	p.Freed(at(22))
	last := 4.0
	var holes []pulse.Hole
	for _, b := range []beat{
		{tips, 6, 22}, {kcore, 9, 22}, {kcore, 15, 22}, {kcore, 21, 22}, // buffered
		{kcore, 27, 27}, {tips, 27, 27.01}, {tips, 30, 30}, {kcore, 33, 33}, {tips, 33, 33},
	} {
		v, again := p.Look(at(b.received))
		assert.Equal(t, pulse.Fine, v, "before the beat received at %.2f s", b.received)
		assert.True(t, again.After(at(b.received)))
		holes = append(holes, play(p, b)...)
		assert.LessOrEqual(t, b.received-max(last, 22), 6.0, "no silence that a clock could find")
		last = b.received
	}
	assert.Equal(t, []pulse.Hole{{Lane: events.High, From: at(22), To: at(27.01)}}, holes)
}

// A beat is 2.95 s to 3.07 s after the one before and its timestamp a whole second:
// that makes 2 s to 4 s for the tips, 5 s to 7 s for the k-core.
func TestJitterOfAWholeSecondIsNoHole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		p := pulse.New(host, time.Time{})
		now := random.Float64()
		for i := range 300 {
			now += 2.95 + 0.12*random.Float64()
			beats := []beat{{tips, now, now + random.Float64()/2}}
			if i%2 == 0 {
				beats = append(beats, beat{kcore, now, now + random.Float64()/2})
			}
			require.Empty(t, play(p, beats...))
		}
	}
}

// A network that holds beats back and delivers them together loses nothing.
func TestDelayedBeatsAreNoHole(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for _, b := range every(tips, 3, 0, 300) {
		b.received = float64(int(b.received/30)+1) * 30
		require.Empty(t, play(p, b))
	}
}

// Beats after a submission or a finalization come in between, also in pairs.
func TestExtraBeatsAreNormal(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	p := pulse.New(host, time.Time{})
	for now := 0.0; now < 3000; now += 3 {
		require.Empty(t, play(p, beat{tips, now, now}))
		if int(now)%6 == 0 {
			require.Empty(t, play(p, beat{kcore, now, now}))
		}
		if extra := now + 2.9*random.Float64(); random.IntN(3) > 0 {
			require.Empty(t, play(p, beat{tips, extra, extra}, beat{kcore, extra, extra}, beat{kcore, extra + 0.1, extra + 0.1}))
		}
	}
	assert.Equal(t, []pulse.Hole{{Lane: events.High, From: at(3000), To: at(3006)}},
		play(p, beat{tips, 3000, 3000}, beat{tips, 3006, 3006}), "and do not change the rhythm")
}

// Each lane is measured by its own beats.
func TestALaneIsNoWitnessForTheOther(t *testing.T) {
	p := pulse.New(host, time.Time{})
	require.Empty(t, play(p, every(tips, 3, 0, 30)...))
	require.Empty(t, play(p, beat{kcore, 0, 30}))
	assert.Equal(t, []pulse.Hole{{Lane: events.Medium, From: at(30), To: at(31)}}, play(p, beat{kcore, 30, 31}))
}

func TestOtherTypesAreIgnored(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for _, of := range append(events.Types(), events.TypeGap, "", "BrandNew") {
		if of == tips || of == kcore {
			continue
		}
		_, ok := p.Beat(of, by(0), at(5))
		require.False(t, ok)
		_, ok = p.Beat(of, by(100), at(6))
		require.False(t, ok, of)
	}
	v, _ := p.Look(at(7.5))
	assert.Equal(t, pulse.Wake, v, "they are no sign of life, either")
	lastTips, lastKCore := p.Last()
	assert.Zero(t, lastTips)
	assert.Zero(t, lastKCore)
}

func TestABeatWithoutATimeProvesLifeOnly(t *testing.T) {
	p := pulse.New(host, time.Time{})
	require.Empty(t, play(p, beat{tips, 3, 3}))
	for _, received := range []float64{6, 9, 12} {
		_, ok := p.Beat(tips, time.Time{}, at(received))
		require.False(t, ok)
		v, _ := p.Look(at(received + 2.9))
		require.Equal(t, pulse.Fine, v)
	}
	assert.Empty(t, play(p, beat{tips, 15, 15}), "what is between 3 s and 15 s is not known")
	assert.Len(t, play(p, beat{tips, 24, 24}), 1)
}

func TestLastIsWhenTheBeatsOfEachLaneWereReceived(t *testing.T) {
	p := pulse.New(host, time.Time{})
	play(p, beat{tips, 3, 3.25}, beat{kcore, 6, 6.5}, beat{tips, 6, 6.25})
	lastTips, lastKCore := p.Last()
	assert.Equal(t, at(6.25), lastTips)
	assert.Equal(t, at(6.5), lastKCore)
}
