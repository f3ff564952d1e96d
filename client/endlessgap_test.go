package client_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/subscription/events"
)

// One endless gap would excuse everything. It excuses no fact that REST still shows,
// and no fault explains it, neither where there is none nor where it has ended long
// ago; nor may it stay open.
func TestOneEndlessGapIsNoExcuse(t *testing.T) {
	t.Parallel()
	endless := madeUpGap(events.GapByDisconnect, events.AnyPriority, 1, 59)
	for name, row := range map[string]struct {
		change func(*evidence)
		want   []string
	}{
		"hides nothing":       {func(*evidence) {}, []string{"no fault explains"}},
		"hides a message":     {func(e *evidence) { e.without(1) }, []string{"no fault explains", "MessageAdded is missing"}},
		"hides finality":      {func(e *evidence) { e.without(6) }, []string{"no fault explains", "MessageFinalized is missing"}},
		"covers a notice":     {func(e *evidence) { e.without(2) }, []string{"no fault explains"}},
		"around a fault":      {func(e *evidence) { e.fails(faultDrop, 30, 30) }, []string{"no fault explains"}},
		"long after a fault":  {func(e *evidence) { e.fails(faultOutage, -60, -50) }, []string{"no fault explains"}},
		"hides an old state":  {func(e *evidence) { e.last[events.TypeTipsUpdated] = "y" }, []string{"no fault explains", "told y, REST shows x"}},
		"hides a doubled one": {func(e *evidence) { e.envs = append(e.envs, e.envs[1]) }, []string{"no fault explains", "MessageAdded came 2 times"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := rightEvidence()
			e.tells(endless)
			row.change(e)
			wrong := strings.Join(e.check(), "\n")
			for _, want := range row.want {
				assert.Contains(t, wrong, want)
			}
		})
	}
	e := rightEvidence()
	e.fails(faultOutage, 1, 59)
	e.tells(endless[:1])
	assert.Contains(t, strings.Join(e.check(), "\n"), "is [opened]", "one without an end")
}
