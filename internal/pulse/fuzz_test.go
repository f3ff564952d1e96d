package pulse_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

// A model is what must be true of the holes of a lane, told without its code.
type model struct {
	base      time.Duration
	last      time.Time
	intervals []time.Duration
}

// beat reports whether there is a hole before a beat.
func (m *model) beat(sent time.Time) (hole bool) {
	defer func() { m.last = sent }()
	if sent.IsZero() || m.last.IsZero() {
		return false
	}
	rhythm := m.base
	if n := len(m.intervals); n >= 5 {
		last := slices.Sorted(slices.Values(m.intervals[max(0, n-10):]))
		rhythm = min(max(m.base, last[(len(last)-1)/2]), time.Minute)
	}
	interval := sent.Sub(m.last)
	if interval > m.base-time.Second {
		m.intervals = append(m.intervals, interval)
	}
	return interval > rhythm+2*time.Second
}

// Whatever comes, holes are as the model says, a connection is stale only after
// both lanes were silent for 10.5 s while somebody read, and the next look is later.
func FuzzPulse(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 30, 30, 1, 30, 30, 0, 30, 30, 2, 0, 75, 2, 0, 30, 2, 0, 30, 0, 60, 1})
	f.Add([]byte{3, 0, 100, 2, 0, 100, 4, 0, 1, 0, 90, 0, 0, 30, 1, 5, 0, 30, 6, 200, 1, 0, 1, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		p := pulse.New(host, time.Time{})
		models := map[events.Type]*model{tips: {base: 3 * time.Second}, kcore: {base: 6 * time.Second}}
		sent, now, sound, held := server, host, host, false
		var quiet time.Duration // since the last beat, while somebody read
		for ; len(script) >= 3; script = script[3:] {
			wait := time.Duration(script[2]) * 100 * time.Millisecond
			now = now.Add(wait)
			if !held {
				quiet += wait
			}
			sent = sent.Add(time.Duration(script[1]) * 100 * time.Millisecond)
			switch script[0] % 7 {
			case 0, 1, 5, 6:
				of, by := []events.Type{tips, kcore}[script[0]%2], sent
				switch script[0] % 7 {
				case 5: // without a time
					by = time.Time{}
				case 6: // the server's clock is put back
					by = sent.Add(-time.Duration(script[1]) * time.Second)
				}
				hole, ok := p.Beat(of, by, now)
				require.Equal(t, models[of].beat(by), ok)
				if ok {
					require.Equal(t, of.Lane(), hole.Lane)
					require.Equal(t, now, hole.To)
				}
				sound, quiet = now, 0
			case 2:
				v, again := p.Look(now)
				require.True(t, again.After(now))
				if v == pulse.Stale {
					require.GreaterOrEqual(t, quiet, 10500*time.Millisecond)
				}
				second, same := p.Look(now)
				require.Equal(t, again, same)
				require.Equal(t, v == pulse.Stale, second == pulse.Stale)
				require.NotEqual(t, pulse.Wake, second, "a wake is once")
			case 3:
				p.Held(now)
				held = true
			case 4:
				p.Freed(now)
				held = false
			}
		}
		lastTips, lastKCore := p.Last()
		if lastTips.Before(lastKCore) {
			lastTips = lastKCore
		}
		if !sound.Equal(host) {
			require.Equal(t, sound, lastTips)
		}
	})
}

// The reader beats while the watcher looks.
func TestAPulseIsSafeForConcurrentUse(t *testing.T) {
	p := pulse.New(host, time.Time{})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 500 {
				now := at(float64(n))
				p.Beat([]events.Type{tips, kcore}[i%2], by(float64(n)), now)
				p.Held(now)
				p.Look(now)
				p.Freed(now)
				p.Last()
			}
		})
	}
	all.Wait()
	v, _ := p.Look(at(500))
	require.Equal(t, pulse.Fine, v)
}
