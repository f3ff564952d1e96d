package report

import (
	"fmt"
	"io"
	"slices"
)

// Table writes what events cost, cheapest first, and each as a multiple of the
// cases in base, by medians and, in brackets, by minima.
func Table(w io.Writer, rows []Row, base ...string) {
	find := func(name string) (Row, bool) {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Case == name && r.Runs > 0 })
		if i < 0 {
			return Row{}, false
		}
		return rows[i], true
	}
	line := func(cells ...string) {
		for _, c := range cells {
			_, _ = fmt.Fprintf(w, "| %s ", c)
		}
		_, _ = fmt.Fprintln(w, "|")
	}
	cells := []string{"case", "CPU ns/event", "events/s", "allocs", "B/event", "runs"}
	for _, b := range base {
		if _, ok := find(b); ok {
			cells = append(cells, "× "+b)
		}
	}
	line(cells...)
	line(slices.Repeat([]string{"---"}, len(cells))...)
	sorted := slices.SortedStableFunc(slices.Values(rows), func(a, b Row) int {
		return int(a.CPU.Median - b.CPU.Median)
	})
	for _, r := range sorted {
		if r.Runs == 0 {
			continue
		}
		cells := []string{
			r.Case, r.CPU.String(), millions(r.Wall.Median), fmt.Sprintf("%.2f", r.Allocs.Median),
			number(r.Bytes.Median), fmt.Sprint(r.Runs),
		}
		for _, b := range base {
			if to, ok := find(b); ok {
				cells = append(cells, fmt.Sprintf("%.2f (%.2f)", r.CPU.Median/to.CPU.Median, r.CPU.Min/to.CPU.Min))
			}
		}
		line(cells...)
	}
	for _, r := range rows {
		if r.Failed > 0 {
			_, _ = fmt.Fprintf(w, "\n%s failed %d times: %s\n", r.Case, r.Failed, r.Errors[0])
		}
	}
}

// millions writes how many events a second wall nanoseconds each are.
func millions(wall float64) string { return fmt.Sprintf("%.2f M", 1e3/wall) }
