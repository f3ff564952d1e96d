package pulse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

// What is missing before the first beat of a connection is missing, too.
func TestHoleBeforeTheFirstBeat(t *testing.T) {
	opened := time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC) // by the server's clock
	for _, c := range []struct {
		typ   events.Type
		lane  events.Priority
		after time.Duration // by the server's clock
		hole  bool
	}{
		{events.TypeTipsUpdated, events.High, 0, false},
		{events.TypeTipsUpdated, events.High, 5 * time.Second, false},
		{events.TypeTipsUpdated, events.High, 6 * time.Second, true},
		{events.TypeKCoreUpdated, events.Medium, 8 * time.Second, false},
		{events.TypeKCoreUpdated, events.Medium, 9 * time.Second, true},
		{events.TypeTipsUpdated, events.High, -time.Minute, false},
	} {
		received := host.Add(10 * time.Second)
		p := pulse.New(host, opened)
		hole, ok := p.Beat(c.typ, opened.Add(c.after), received)
		assert.Equal(t, c.hole, ok, "%v", c)
		if c.hole {
			assert.Equal(t, pulse.Hole{Lane: c.lane, From: host, To: received}, hole)
		}
		_, ok = p.Beat(c.typ, opened.Add(c.after+time.Second), received.Add(time.Second))
		assert.False(t, ok, "once")

		_, ok = pulse.New(host, time.Time{}).Beat(c.typ, opened.Add(c.after), received)
		assert.False(t, ok, "nobody knows when that was")
	}
}
