package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/adic/adic-go/internal/bench/campaign"
	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
)

// perEvent is the title of what all are compared by.
const perEvent = "CPU ns/event"

// A column is a figure as a table shows it.
type column struct{ title, figure string }

// A table is how a group is shown.
type table struct {
	group, title string
	x            string // what X is; "": not shown
	columns      []column
	by           string   // the figure that sorts; "": as planned
	base         []string // cases that the first figure is compared with
}

// tables are all of them, in their order.
func tables() []table {
	cost := []column{{perEvent, rig.CPU}, {"wall ns/event", rig.Wall}, {rig.Allocs, rig.Allocs}, {"B/event", rig.Bytes}}
	late := []column{{"p50 µs", rig.P50}, {"p99 µs", rig.P99}, {"p99.9 µs", rig.P999}, {perEvent, rig.CPU}}
	held := []column{
		{"RSS KiB", rig.RSS}, {"heap KiB", rig.Heap}, {"stacks KiB", rig.Stack}, {"goroutines", rig.Goroutines}, {"CPU µs/s", rig.Chores},
	}
	return []table{
		{rivals.WS, "WebSocket", "", cost, rig.CPU, []string{rivals.Tuned, rivals.Usual}},
		{rivals.Peers, "Other clients", "", cost, rig.CPU, nil},
		{rivals.SSE, "Server-sent events", "", cost, rig.CPU, []string{rivals.Bare}},
		{campaign.TwoCores, "Two cores", "", cost, rig.CPU, []string{rivals.Inline, rivals.Tuned}},
		{campaign.Singles, "Latency, 10,000 events a second one by one", "", late, rig.P50, nil},
		{campaign.Bursts, "Latency, 10,000 events a second in bursts of 100", "", late, rig.P99, nil},
		{campaign.Flooded, "Latency of high priority beside low-priority events with a handler of 1 ms", "low events/s", late, "", nil},
		{campaign.Idle, "Idle connections, each", "connections", held, "", nil},
		{campaign.Growth, "Growth", "handlers, managers, tips", cost[:3], "", nil},
		{campaign.Polling, "Polling", "", []column{{"CPU µs/request", rig.PerRequest}, {rig.Allocs, rig.Allocs}, {"B", rig.Bytes}}, "", nil},
	}
}

// Tables writes the tables of all groups that were run.
func Tables(w io.Writer, rows Rows) {
	for _, t := range tables() {
		t.write(w, rows)
	}
	for _, row := range rows {
		if len(row.Failed) > 0 {
			sayf(w, "\n%s %s at %d failed %d times: %s\n", row.Group, row.Case, row.X, len(row.Failed), row.Failed[0])
		}
	}
}

func (t table) write(w io.Writer, rows Rows) {
	list := rows.Group(t.group)
	if len(list) == 0 {
		return
	}
	if t.by != "" {
		slices.SortStableFunc(list, func(a, b Row) int {
			return cmp.Compare(a.Figures[t.by].Median, b.Figures[t.by].Median)
		})
	} else {
		slices.SortStableFunc(list, func(a, b Row) int {
			return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(a.X, b.X))
		})
	}
	sayf(w, "\n### %s\n\n", t.title)
	head := []string{"case"}
	if t.x != "" {
		head = append(head, t.x)
	}
	for _, c := range t.columns {
		head = append(head, c.title)
	}
	var base []Row
	for _, name := range t.base {
		if row, ok := rows.Find(t.group, name, 0); ok {
			base = append(base, row)
			head = append(head, "× "+name)
		}
	}
	line(w, head)
	rule(w, len(head))
	for _, row := range list {
		line(w, t.cells(row, base))
	}
}

// cells are those of one row. Ratios are of medians, and in brackets of minima.
func (t table) cells(row Row, base []Row) []string {
	name := row.Case
	if strings.HasPrefix(name, rivals.Ours) {
		name = "**" + name + "**"
	}
	cells := []string{name}
	if t.x != "" {
		cells = append(cells, fmt.Sprint(row.X))
	}
	for _, c := range t.columns {
		cells = append(cells, row.Figures[c.figure].String())
	}
	mine := row.Figures[t.columns[0].figure]
	for _, b := range base {
		other := b.Figures[t.columns[0].figure]
		cells = append(cells, fmt.Sprintf("%.2f (%.2f)", mine.Median/other.Median, mine.Min/other.Min))
	}
	return cells
}

// rule writes the line below a head of n cells.
func rule(w io.Writer, n int) { line(w, slices.Repeat([]string{"---"}, n)) }

func line(w io.Writer, cells []string) { sayf(w, "| %s |\n", strings.Join(cells, " | ")) }

// sayf writes to a report; one that cannot be written is noticed when it is closed.
func sayf(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
