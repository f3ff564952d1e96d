package wire_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

func TestBeats(t *testing.T) {
	assert.Equal(t, []wire.Beat{
		{Type: events.TypeTipsUpdated, Every: 3 * time.Second},
		{Type: events.TypeKCoreUpdated, Every: 6 * time.Second},
		{Type: events.TypeDiversityUpdated, Every: 6 * time.Second},
		{Type: events.TypeEnergyUpdated, Every: 6 * time.Second},
	}, wire.Beats(wire.Node))
	assert.Empty(t, wire.Beats(wire.Guide))
	assert.Empty(t, wire.Beats(wire.UnknownDialect))
	assert.True(t, wire.HasBeats(wire.Node))
	assert.False(t, wire.HasBeats(wire.Guide))
	assert.False(t, wire.HasBeats(wire.UnknownDialect))
}

func TestIsBeat(t *testing.T) {
	for _, d := range []wire.Dialect{wire.UnknownDialect, wire.Guide, wire.Node} {
		beats := map[events.Type]bool{}
		for _, b := range wire.Beats(d) {
			beats[b.Type] = true
		}
		for _, kind := range append(events.Types(), "BrandNew", events.TypeGap) {
			assert.Equal(t, beats[kind], wire.IsBeat(d, kind), "%s %s", d, kind)
		}
	}
}

// One beat in each lane that has beats: what is asked for in any case.
func TestWitnesses(t *testing.T) {
	lanes := map[events.Priority]int{}
	for _, kind := range wire.Witnesses() {
		assert.True(t, wire.IsBeat(wire.Node, kind))
		lanes[kind.Lane()]++
	}
	assert.Equal(t, map[events.Priority]int{events.High: 1, events.Medium: 1}, lanes)
}

func TestTablesAreFresh(t *testing.T) {
	wire.Beats(wire.Node)[0].Type = "x"
	wire.Witnesses()[0] = "x"
	assert.Equal(t, events.TypeTipsUpdated, wire.Beats(wire.Node)[0].Type)
	assert.Equal(t, events.TypeTipsUpdated, wire.Witnesses()[0])
}
