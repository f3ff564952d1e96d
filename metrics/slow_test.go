package metrics_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

func TestSlowHandlersAreCountedByType(t *testing.T) {
	var c metrics.Counters
	c.Slow(events.TypeTipsUpdated, 2*time.Second)
	c.Slow(events.TypeTipsUpdated, 3*time.Second)
	c.Slow(events.TypeTipsUpdated, time.Second)
	c.Slow("Gossip", time.Minute)
	s := c.Snapshot()
	assert.Equal(t, map[events.Type]metrics.Slow{
		events.TypeTipsUpdated: {Count: 3, Max: 3 * time.Second}, "Gossip": {Count: 1, Max: time.Minute},
	}, s.SlowHandlers)
	assert.Contains(t, s.String(), "\nslow handlers: Gossip: 1 time, 1m0s at most; TipsUpdated: 3 times, 3s at most")
	assert.Zero(t, s.Handled, "that is counted by Handled")
}

func TestNothingSlowIsNotTold(t *testing.T) {
	s := new(metrics.Counters).Snapshot()
	assert.Empty(t, s.SlowHandlers)
	assert.NotContains(t, s.String(), "slow")
}
