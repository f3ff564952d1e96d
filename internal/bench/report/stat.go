package report

import (
	"fmt"
	"slices"

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

// String returns "median [min–max]".
func (s Spread) String() string {
	return fmt.Sprintf("%s [%s–%s]", number(s.Median), number(s.Min), number(s.Max))
}

// number writes v with three digits that matter, at least.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// A Row is what the runs of one case say.
type Row struct {
	Case                     string
	Runs, Failed             int
	CPU, Wall, Allocs, Bytes Spread
	Errors                   []string
}

// disturbed is how many CPUs others may have used in a run that counts.
const disturbed = 0.25

// Rows sums up results by case, in the order of cases. Where two runs or more were
// undisturbed, only those count.
func Rows(cases []string, results []rig.Result) []Row {
	rows := make([]Row, 0, len(cases))
	for _, name := range cases {
		row := Row{Case: name}
		var good, quiet []rig.Result
		for _, r := range results {
			switch {
			case r.Case != name:
			case r.Error != "":
				row.Failed++
				row.Errors = append(row.Errors, r.Error)
			default:
				good = append(good, r)
				if r.Foreign <= disturbed {
					quiet = append(quiet, r)
				}
			}
		}
		if len(quiet) > 1 {
			good = quiet
		}
		row.Runs = len(good)
		figure := func(f func(rig.Result) float64) Spread {
			values := make([]float64, len(good))
			for i, r := range good {
				values[i] = f(r)
			}
			return Of(values)
		}
		row.CPU = figure(func(r rig.Result) float64 { return r.Cost.CPU })
		row.Wall = figure(func(r rig.Result) float64 { return r.Cost.Wall })
		row.Allocs = figure(func(r rig.Result) float64 { return r.Cost.Allocs })
		row.Bytes = figure(func(r rig.Result) float64 { return r.Cost.Bytes })
		rows = append(rows, row)
	}
	return rows
}
