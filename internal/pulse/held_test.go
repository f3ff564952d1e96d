package pulse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/pulse"
)

// One read may bring more than the lanes have room for: the beats in it are looked at
// long after they were received, and in between nobody could read newer ones.
func TestABeatThatWaitedForTheReaderIsNoOldOne(t *testing.T) {
	p := pulse.New(host, time.Time{})
	for now := 3.0; now < 300; now += 3 {
		p.Held(at(now - 2.9))
		p.Freed(at(now))
		require.Empty(t, play(p, beat{tips, now / 30, 2}, beat{kcore, now / 30, 2}), "all came with one read, at 2 s")
		v, _ := p.Look(at(now))
		require.Equal(t, pulse.Fine, v, "at %.0f s", now)
	}
	lastTips, lastKCore := p.Last()
	assert.Equal(t, at(297), lastTips)
	assert.Equal(t, at(297), lastKCore)
	assert.Equal(t, look{304.5, pulse.Wake}, looks(t, p, 297, 305)[0])
}
