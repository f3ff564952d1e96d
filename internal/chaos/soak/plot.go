package soak

import (
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Plot draws memory, goroutines and finalizations that are owed over time into a PNG
// file, one below the other.
func Plot(file string, all []Sample) error {
	const width, height = 22 * vg.Centimeter, 18 * vg.Centimeter
	var column [][]*plot.Plot
	for _, p := range []struct {
		title  string
		figure func(Sample) float64
	}{
		{"Heap after a garbage collection, MiB", func(s Sample) float64 { return s.Heap }},
		{"Goroutines, the node's among them", func(s Sample) float64 { return float64(s.Goroutines) }},
		{"Finalizations that are owed", func(s Sample) float64 { return float64(s.Owed) }},
	} {
		one, err := curve(p.title, all, p.figure)
		if err != nil {
			return err
		}
		column = append(column, []*plot.Plot{one})
	}
	canvas := vgimg.New(width, height)
	tiles := draw.Tiles{Rows: len(column), Cols: 1, PadY: vg.Centimeter / 2}
	for i, row := range plot.Align(column, tiles, draw.New(canvas)) {
		column[i][0].Draw(row[0])
	}
	f, err := os.Create(file) //nolint:gosec // who makes a report names the folder
	if err != nil {
		return err
	}
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// curve draws one figure from 0 up.
func curve(title string, all []Sample, figure func(Sample) float64) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = title, "minutes"
	points := make(plotter.XYs, len(all))
	top := 1.0
	for i, s := range all {
		points[i] = plotter.XY{X: s.Minute, Y: figure(s)}
		top = max(top, points[i].Y)
	}
	l, err := plotter.NewLine(points)
	if err != nil {
		return nil, err
	}
	l.Color = color.RGBA{R: 0x1f, G: 0x77, B: 0xb4, A: 0xff}
	p.Add(l, plotter.NewGrid())
	p.Y.Min, p.Y.Max = 0, top*1.2
	return p, nil
}
