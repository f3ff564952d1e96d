package pulse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

// stepped returns beats of 3 s for a minute, with the server's clock moved by step
// seconds in the middle.
func stepped(step float64) []beat {
	beats := every(tips, 3, 0, 60)
	for i := range beats {
		if i >= 10 {
			beats[i].sent += step
		}
	}
	return beats
}

// Nobody can tell a clock that is put forward from a hole. It is told once.
func TestAServerClockPutForwardIsOneHole(t *testing.T) {
	for _, step := range []float64{3, 60, 3600, 1e8} {
		assert.Equal(t, []pulse.Hole{{Lane: events.High, From: at(27), To: at(30)}}, play(pulse.New(host, time.Time{}), stepped(step)...), "%g s", step)
	}
}

func TestAServerClockPutBackIsNoHole(t *testing.T) {
	for _, step := range []float64{-1, -3, -60, -3600, -1e8} {
		p := pulse.New(host, time.Time{})
		assert.Empty(t, play(p, stepped(step)...), "%g s", step)
		assert.Len(t, play(p, beat{tips, 66 + step, 66}), 1, "and the next one is found")
	}
}

// A clock that is corrected by a second now and then is nothing.
func TestAServerClockThatIsCorrectedIsNoHole(t *testing.T) {
	for _, step := range []float64{-2, -1, -0.5, 0.5, 1, 2} {
		require.Empty(t, play(pulse.New(host, time.Time{}), stepped(step)...), "%g s", step)
	}
}
