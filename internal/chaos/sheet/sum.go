package sheet

import (
	"cmp"
	"slices"
)

// A Total sums up the rows of one fault and kind that were run.
type Total struct {
	Row // sums, the median of medians, the worst

	Fault  Fault
	Kind   string
	Rows   int
	Runs   int
	Failed []Row
}

// Sum sums up rows by fault and kind, in that order.
func Sum(rows []Row) []Total {
	var totals []Total
	for _, f := range Faults() {
		for _, kind := range []string{Simulated, Real} {
			t := Total{Fault: f, Kind: kind}
			var medians []float64
			for _, r := range rows {
				if r.Fault != f.Number || r.Kind != kind || r.Skipped != "" {
					continue
				}
				t.add(r)
				medians = append(medians, r.Median)
			}
			if t.Rows == 0 {
				continue
			}
			slices.Sort(medians)
			t.Median = medians[len(medians)/2]
			t.Pass = len(t.Failed) == 0
			totals = append(totals, t)
		}
	}
	return totals
}

func (t *Total) add(r Row) {
	t.Rows++
	t.Runs += max(r.Seeds, 1)
	t.Sent += r.Sent
	t.Delivered += r.Delivered
	t.Lost += r.Lost
	t.Doubled += r.Doubled
	t.Gaps += r.Gaps
	t.Unfounded += r.Unfounded
	t.Leaked += max(r.Leaked, 0)
	t.Worst = max(t.Worst, r.Worst)
	if !r.Passed() {
		t.Failed = append(t.Failed, r)
	}
}

// Sort puts rows in the order of the table.
func Sort(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Fault, b.Fault), cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Dialect, b.Dialect), cmp.Compare(a.Transport, b.Transport))
	})
}

// Survived returns the numbers of the faults that have rows, all of which passed.
func Survived(rows []Row) (numbers []int) {
	for _, f := range Faults() {
		ran, passed := false, true
		for _, r := range rows {
			if r.Fault == f.Number && r.Skipped == "" {
				ran, passed = true, passed && r.Passed()
			}
		}
		if ran && passed {
			numbers = append(numbers, f.Number)
		}
	}
	return numbers
}
