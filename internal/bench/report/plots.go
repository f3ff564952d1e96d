package report

import (
	"fmt"
	"image/color"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"

	"github.com/adic/adic-go/internal/bench/campaign"
	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
)

// nanoseconds is what axes of costs are in.
const nanoseconds = "ns/event"

// A picture is a plot that was saved.
type picture struct{ file, title string }

// The colours: ours, and the others'.
func colours() (ours, others color.Color) {
	return color.RGBA{R: 0x1f, G: 0x77, B: 0xb4, A: 0xff}, color.RGBA{R: 0xb0, G: 0xb0, B: 0xb0, A: 0xff}
}

// Plots saves the plots of what was run into a folder.
func Plots(folder string, rows Rows) ([]picture, error) {
	var saved []picture
	for _, b := range []struct {
		file, title, axis, figure string
		rows                      Rows
	}{
		{"performance-throughput.png", "CPU per event, socket to handler", nanoseconds, rig.CPU, slices.Concat(rows.Group(rivals.WS), rows.Group(rivals.Peers))},
		{"performance-sse.png", "CPU per event, server-sent events", nanoseconds, rig.CPU, rows.Group(rivals.SSE)},
		{"performance-bursts.png", "p99 latency, bursts of 100", "µs", rig.P99, rows.Group(campaign.Bursts)},
		{"performance-idle.png", "Resident memory of an idle connection", "KiB", rig.RSS, largest(rows.Group(campaign.Idle))},
	} {
		if len(b.rows) < 2 { //nolint:mnd // one bar compares nothing
			continue
		}
		if err := bars(filepath.Join(folder, b.file), b.title, b.axis, b.figure, b.rows); err != nil {
			return nil, err
		}
		saved = append(saved, picture{b.file, b.title})
	}
	grown := rows.Group(campaign.Growth)
	if len(grown) == 0 {
		return saved, nil
	}
	p := picture{"performance-growth.png", "CPU per event as work grows"}
	return append(saved, p), lines(filepath.Join(folder, p.file), p.title, grown)
}

// largest returns the rows with the most connections.
func largest(rows Rows) Rows {
	most := 0
	for _, r := range rows {
		most = max(most, r.X)
	}
	return slices.DeleteFunc(rows, func(r Row) bool { return r.X != most })
}

// bars draws one figure of each row, on a logarithmic axis, the smallest on top.
func bars(file, title, axis, figure string, rows Rows) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = title, axis+", logarithmic"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	slices.SortStableFunc(rows, func(a, b Row) int { return int(b.Figures[figure].Median - a.Figures[figure].Median) })
	ours, others := colours()
	const thick, gap, width = 14, 22, 24
	low := rows[len(rows)-1].Figures[figure].Median / 2
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = "  " + row.Case // the longest would be cut off
		v := row.Figures[figure].Median
		bar, err := plotter.NewPolygon(box(low, v, float64(i)))
		if err != nil {
			return err
		}
		bar.Color, bar.Width = others, 0
		if strings.HasPrefix(row.Case, rivals.Ours) {
			bar.Color = ours
		}
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: v, Y: float64(i) - 0.2}}, Labels: []string{" " + number(v)}})
		if err != nil {
			return err
		}
		p.Add(bar, label)
	}
	p.NominalY(names...)
	p.X.Min, p.X.Max = low, rows[0].Figures[figure].Median*2
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))-0.4
	return p.Save(width*vg.Centimeter, vg.Length(len(rows)*gap+4*thick+gap), file)
}

// box is the outline of a bar.
func box(from, to, at float64) plotter.XYs {
	const half = 0.35
	return plotter.XYs{{X: from, Y: at - half}, {X: to, Y: at - half}, {X: to, Y: at + half}, {X: from, Y: at + half}}
}

// lines draws the CPU of each case over X.
func lines(file, title string, rows Rows) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, "handlers of other types, managers, or tips", nanoseconds
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	points := make(map[string]plotter.XYs)
	var names []string
	for _, row := range rows {
		if points[row.Case] == nil {
			names = append(names, row.Case)
		}
		points[row.Case] = append(points[row.Case], plotter.XY{X: float64(row.X), Y: row.Figures[rig.CPU].Median})
	}
	for i, name := range names {
		slices.SortFunc(points[name], func(a, b plotter.XY) int { return int(a.X - b.X) })
		l, dots, err := plotter.NewLinePoints(points[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		l.Color, dots.Color = plotutil.Color(i), plotutil.Color(i)
		p.Add(l, dots)
		p.Legend.Add(name, l, dots)
	}
	const width, height = 20, 12
	return p.Save(width*vg.Centimeter, height*vg.Centimeter, file)
}
