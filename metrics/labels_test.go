package metrics_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// A server that makes up names does not fill the memory: 64 of each kind, the rest
// together.
func TestLabelsAreCapped(t *testing.T) {
	const names = 1000
	for name, c := range map[string]struct {
		count func(c *metrics.Counters, name string)
		read  func(s metrics.Snapshot) map[string]uint64
	}{
		"types": {
			func(c *metrics.Counters, name string) { c.Received(events.Type(name), 1, noon) },
			func(s metrics.Snapshot) map[string]uint64 { return plain(s.ByType) },
		},
		"handled types": {
			func(c *metrics.Counters, name string) { c.Handled(events.Type(name), 1) },
			func(s metrics.Snapshot) map[string]uint64 { return plain(s.HandledByType) },
		},
		"garbage": {(*metrics.Counters).Garbage, func(s metrics.Snapshot) map[string]uint64 { return s.Garbage }},
		"gaps":    {(*metrics.Counters).Gap, func(s metrics.Snapshot) map[string]uint64 { return s.Gaps }},
		"failures": {
			func(c *metrics.Counters, name string) { c.DialFailed(fallback.SSE, name) },
			func(s metrics.Snapshot) map[string]uint64 { return s.Transports[fallback.SSE].FailedBy },
		},
		"disconnects": {
			func(c *metrics.Counters, name string) { c.Disconnected(fallback.SSE, name) },
			func(s metrics.Snapshot) map[string]uint64 { return s.Transports[fallback.SSE].EndedBy },
		},
	} {
		t.Run(name, func(t *testing.T) {
			var counters metrics.Counters
			for range 2 {
				for i := range names {
					c.count(&counters, fmt.Sprintf("name %d", i))
				}
			}
			got := c.read(counters.Snapshot())
			require.Len(t, got, 65)
			for i := range 64 {
				assert.Equal(t, uint64(2), got[fmt.Sprintf("name %d", i)], "the first keep their own")
			}
			assert.Equal(t, uint64(2*(names-64)), got["other"])
		})
	}
}

// plain drops the type of the keys.
func plain(byType map[events.Type]uint64) map[string]uint64 {
	out := map[string]uint64{}
	for t, n := range byType {
		out[string(t)] = n
	}
	return out
}

func TestLabelsAreShortValidText(t *testing.T) {
	for name, c := range map[string]struct{ name, want string }{
		"empty":              {"", "other"},
		"other":              {"other", "other"},
		"64 bytes":           {strings.Repeat("a", 64), strings.Repeat("a", 64)},
		"a megabyte":         {strings.Repeat("a", 1<<20), strings.Repeat("a", 64)},
		"cut between runes":  {"x" + strings.Repeat("ö", 40), "x" + strings.Repeat("ö", 31)},
		"cut between wides":  {"x" + strings.Repeat("🙂", 40), "x" + strings.Repeat("🙂", 15)},
		"no UTF-8":           {"a\xffb", "a?b"},
		"nothing but tails":  {strings.Repeat("\x80", 100), "?"},
		"lines and quotes":   {"a\n\"b\"", "a\n\"b\""},
		"a cut-off rune end": {strings.Repeat("a", 63) + "\xf0\x9f", strings.Repeat("a", 63)},
	} {
		t.Run(name, func(t *testing.T) {
			var counters metrics.Counters
			counters.Garbage(c.name)
			counters.Garbage(c.name)
			assert.Equal(t, map[string]uint64{c.want: 2}, counters.Snapshot().Garbage)
		})
	}
}

func FuzzLabels(f *testing.F) {
	f.Add("", "other")
	f.Add("status 503", "a\xff")
	f.Add(strings.Repeat("é", 50), strings.Repeat("\x80", 80))
	f.Fuzz(func(t *testing.T, a, b string) {
		var c metrics.Counters
		c.Gap(a)
		c.Gap(b)
		c.Gap(a)
		total := uint64(0)
		for name, n := range c.Snapshot().Gaps {
			require.True(t, utf8.ValidString(name))
			require.LessOrEqual(t, len(name), 64)
			require.NotEmpty(t, name)
			total += n
		}
		require.Equal(t, uint64(3), total)
	})
}

// However many goroutines see a new name first, it has one cell.
func TestNewLabelsUnderConcurrency(t *testing.T) {
	var c metrics.Counters
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 100 {
				c.Garbage(fmt.Sprintf("name %d", i))
			}
		})
	}
	group.Wait()
	got := c.Snapshot().Garbage
	assert.Len(t, got, 65)
	total := uint64(0)
	for name, n := range got {
		total += n
		if name != "other" {
			assert.Equal(t, uint64(8), n, "%s", name)
		}
	}
	assert.Equal(t, uint64(800), total)
}
