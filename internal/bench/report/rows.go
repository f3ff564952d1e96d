package report

import (
	"fmt"
	"slices"

	"github.com/adic/adic-go/internal/bench/campaign"
	"github.com/adic/adic-go/internal/bench/rig"
)

// A Spread is what several runs say about one figure.
type Spread struct{ Median, Min, Max float64 }

// Of returns the spread of values; zeros if there are none.
func Of(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	v := slices.Sorted(slices.Values(values))
	middle := len(v) / 2
	median := v[middle]
	if len(v)%2 == 0 {
		median = (v[middle-1] + v[middle]) / 2
	}
	return Spread{median, v[0], v[len(v)-1]}
}

// String returns "median [min–max]", or the median alone if there was one run.
func (s Spread) String() string {
	if s.Min == s.Max {
		return number(s.Median)
	}
	return fmt.Sprintf("%s [%s–%s]", number(s.Median), number(s.Min), number(s.Max))
}

// number writes v with about three digits that matter.
func number(v float64) string {
	switch {
	case v >= 100 || v <= -100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// A Row is what the runs of one job say.
type Row struct {
	rig.Job

	Runs    int // that count
	Failed  []string
	Figures map[string]Spread
}

// Rows are those of a campaign.
type Rows []Row

// Sum sums up the outcomes of jobs. Where two runs or more were undisturbed, only
// those count.
func Sum(jobs []rig.Job, all []rig.Outcome) Rows {
	rows := make(Rows, 0, len(jobs))
	for _, j := range jobs {
		row := Row{Job: j, Figures: make(map[string]Spread)}
		var good, calm []rig.Outcome
		for _, o := range all {
			switch {
			case o.Job != j:
			case o.Error != "":
				row.Failed = append(row.Failed, o.Error)
			default:
				good = append(good, o)
				if o.Foreign <= campaign.Disturbed {
					calm = append(calm, o)
				}
			}
		}
		if len(calm) > 1 {
			good = calm
		}
		row.Runs = len(good)
		values := make(map[string][]float64)
		for _, o := range good {
			for name, v := range o.Figures {
				values[name] = append(values[name], v)
			}
		}
		for name, v := range values {
			row.Figures[name] = Of(v)
		}
		rows = append(rows, row)
	}
	return rows
}

// Find returns the row of a case in a group, at x.
func (r Rows) Find(group, name string, x int) (Row, bool) {
	i := slices.IndexFunc(r, func(row Row) bool { return row.Group == group && row.Case == name && row.X == x && row.Runs > 0 })
	if i < 0 {
		return Row{}, false
	}
	return r[i], true
}

// Group returns the rows of a group that have runs.
func (r Rows) Group(group string) Rows {
	return slices.DeleteFunc(slices.Clone(r), func(row Row) bool { return row.Group != group || row.Runs == 0 })
}
