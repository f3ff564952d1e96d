package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/adic/adic-go/internal/chaos/sheet"
)

// Long writes one line for each fault and kind, and what failed or was not run.
func Long(w io.Writer, rows []sheet.Row) {
	line(w, "#", "fault", "must hold", "", "runs", "sent", "lost", "doubled", "gaps", "gap s beside no fault", "next event, s: median", "worst", "goroutines", "")
	line(w, slices.Repeat([]string{"---"}, 14)...)
	for _, t := range sheet.Sum(rows) {
		line(w, fmt.Sprint(t.Fault.Number), t.Fault.What, t.Fault.Pass, t.Kind, fmt.Sprint(t.Runs), fmt.Sprint(t.Sent), fmt.Sprint(t.Lost),
			fmt.Sprint(t.Doubled), fmt.Sprint(t.Gaps), seconds(t.Unfounded), seconds(t.Median), seconds(t.Worst), fmt.Sprint(t.Leaked), verdict(t.Pass))
	}
	Faulty(w, rows)
}

// Faulty lists what failed and what was not run, with the reasons.
func Faulty(w io.Writer, rows []sheet.Row) {
	for _, r := range rows {
		if r.Skipped == "" && !r.Passed() {
			sayf(w, "\n- **%d, %s** (%s, %s, %s) failed: %s\n", r.Fault, r.Name, r.Kind, r.Dialect, r.Transport, reason(r))
		}
	}
	for _, r := range rows {
		if r.Skipped != "" {
			sayf(w, "\n- %d, %s was not run: %s\n", r.Fault, r.Name, r.Skipped)
		}
	}
}

// reason says why a row failed.
func reason(r sheet.Row) string {
	text := fmt.Sprintf("lost %d, doubled %d, gap seconds beside no fault %s, goroutines %d", r.Lost, r.Doubled, seconds(r.Unfounded), r.Leaked)
	if r.Note != "" {
		text += "; " + r.Note
	}
	return text
}

// Short writes what a README has room for: one line for each fault, all kinds
// together, and the total.
func Short(w io.Writer, rows []sheet.Row) {
	totals := sheet.Sum(rows)
	line(w, "#", "fault", "runs", "sent", "lost", "doubled", "next event, s: median", "worst", "")
	line(w, slices.Repeat([]string{"---"}, 9)...)
	for _, f := range sheet.Faults() {
		var sum sheet.Total
		pass := true
		for _, t := range totals {
			if t.Fault.Number != f.Number {
				continue
			}
			sum.Runs, sum.Sent, sum.Lost, sum.Doubled = sum.Runs+t.Runs, sum.Sent+t.Sent, sum.Lost+t.Lost, sum.Doubled+t.Doubled
			sum.Median, sum.Worst, pass = max(sum.Median, t.Median), max(sum.Worst, t.Worst), pass && t.Pass
		}
		if sum.Runs == 0 {
			line(w, fmt.Sprint(f.Number), f.What, "", "", "", "", "", "", "not run")
			continue
		}
		line(w, fmt.Sprint(f.Number), f.What, fmt.Sprint(sum.Runs), fmt.Sprint(sum.Sent), fmt.Sprint(sum.Lost), fmt.Sprint(sum.Doubled),
			seconds(sum.Median), seconds(sum.Worst), verdict(pass))
	}
	sayf(w, "\n%s\n", Total(rows))
}

// Total is the whole in a sentence.
func Total(rows []sheet.Row) string {
	var sum sheet.Row
	runs := 0
	for _, t := range sheet.Sum(rows) {
		runs += t.Runs
		sum.Sent, sum.Lost, sum.Doubled = sum.Sent+t.Sent, sum.Lost+t.Lost, sum.Doubled+t.Doubled
		sum.Leaked, sum.Unfounded = sum.Leaked+t.Leaked, sum.Unfounded+t.Unfounded
	}
	return fmt.Sprintf("**%d of %d survived**: %d runs, %d events sent, %d lost without being told, %d doubled, %s s of gaps beside no fault, %d goroutines leaked.",
		len(sheet.Survived(rows)), len(sheet.Faults()), runs, sum.Sent, sum.Lost, sum.Doubled, seconds(sum.Unfounded), sum.Leaked)
}

func verdict(pass bool) string {
	if pass {
		return "✓"
	}
	return "**✗**"
}

// seconds writes s with about two digits that matter.
func seconds(s float64) string {
	switch {
	case s == 0:
		return "0"
	case s < 10:
		return fmt.Sprintf("%.2f", s)
	default:
		return fmt.Sprintf("%.0f", s)
	}
}

func line(w io.Writer, cells ...string) { sayf(w, "| %s |\n", strings.Join(cells, " | ")) }

// sayf writes to a report; one that cannot be written is noticed when it is closed.
func sayf(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
