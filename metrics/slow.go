package metrics

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A Slow says how often the handlers of a type took long, and how long at most.
type Slow struct {
	Count uint64        `json:"count"`
	Max   time.Duration `json:"max_ns"`
}

// slowness counts the handlers of a type that took long.
type slowness struct {
	count atomic.Uint64
	max   atomic.Int64 // nanoseconds
}

// Slow counts an event whose handlers took so long that somebody should know. It is
// called besides Handled.
func (c *Counters) Slow(t events.Type, took time.Duration) {
	s := c.slow.at(string(t))
	raise(&s.max, int64(took))
	s.count.Add(1)
}

// slowBy returns what Slow has counted.
func (c *Counters) slowBy() map[events.Type]Slow {
	byType := map[events.Type]Slow{}
	c.slow.each(func(name string, cell *slowness) {
		if n := cell.count.Load(); n > 0 {
			byType[events.Type(name)] = Slow{Count: n, Max: time.Duration(cell.max.Load())}
		}
	})
	return byType
}

// slowText writes the slow ones for people, the types in order.
func slowText(byType map[events.Type]Slow) string {
	parts := make([]string, 0, len(byType))
	for _, t := range slices.Sorted(maps.Keys(byType)) {
		s := byType[t]
		parts = append(parts, label(string(t))+": "+counts("", count{s.Count, "time", "s"})+", "+s.Max.String()+" at most")
	}
	return strings.Join(parts, "; ")
}

// writeSlow writes what is counted of slow handlers.
func (s Snapshot) writeSlow(f *families) {
	f.begin("slow_handlers_total", "counter", "Events whose handlers took too long.")
	for _, t := range slices.Sorted(maps.Keys(s.SlowHandlers)) {
		f.sample("", whole(s.SlowHandlers[t].Count), "type", string(t))
	}
	f.begin("slow_handler_max_seconds", "gauge", "How long they took at most.")
	for _, t := range slices.Sorted(maps.Keys(s.SlowHandlers)) {
		f.sample("", seconds(s.SlowHandlers[t].Max), "type", string(t))
	}
}
