package trial

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/subscription/events"
)

func second(n int) time.Time { return time.Unix(int64(n), 0) }

func TestJudge(t *testing.T) {
	came := func(numbers ...int) map[int][]time.Time {
		all := make(map[int][]time.Time)
		for _, n := range numbers {
			all[n] = append(all[n], second(n))
		}
		return all
	}
	gap := func(from, to int) []events.Gap {
		g := events.Gap{From: second(from)}
		if to > 0 {
			g.To = second(to)
		}
		return []events.Gap{g}
	}
	for name, c := range map[string]struct {
		came              map[int][]time.Time
		gaps              []events.Gap
		away, lost, twice int
	}{
		"all":                        {came(0, 1, 2, 3, 4), nil, 0, 0, 0},
		"a hole":                     {came(0, 3, 4), nil, 2, 2, 0},
		"a hole that is told":        {came(0, 3, 4), gap(1, 2), 2, 0, 0},
		"a gap elsewhere":            {came(0, 1, 3, 4), gap(4, 5), 1, 1, 0},
		"the end":                    {came(0, 1), nil, 3, 3, 0},
		"the end, in a gap":          {came(0, 1), gap(1, 0), 3, 0, 0},
		"the beginning":              {came(3, 4), gap(0, 1), 3, 0, 0},
		"twice":                      {came(0, 1, 1, 2, 3, 4), nil, 0, 0, 1},
		"twice, where it is unclear": {came(0, 1, 1, 2, 3, 4), gap(1, 1), 0, 0, 0},
	} {
		holes, twice := judge(c.came, 5, c.gaps, second(9))
		away, lost := 0, 0
		for _, h := range holes {
			away += h.notices
			if !h.told {
				lost += h.notices
			}
		}
		assert.Equal(t, []int{c.away, c.lost, c.twice}, []int{away, lost, twice}, name)
	}
}

func TestUnfounded(t *testing.T) {
	tr := &Trial{faults: []*Fault{{Began: second(100), Ended: second(110), recovered: second(112)}}}
	for name, c := range map[string]struct {
		from, to int
		want     time.Duration
	}{
		"within":          {100, 112, 0},
		"a beat around":   {94, 118, 0},
		"much too early":  {80, 112, 13500 * time.Millisecond},
		"much too late":   {100, 130, 11500 * time.Millisecond},
		"somewhere else":  {200, 203, 3 * time.Second},
		"before anything": {10, 12, 2 * time.Second},
	} {
		assert.Equal(t, c.want, tr.unfounded(events.Gap{From: second(c.from), To: second(c.to)}, second(300)), name)
	}
	assert.Equal(t, 181500*time.Millisecond, tr.unfounded(events.Gap{From: second(100)}, second(300)), "it is open")
}
