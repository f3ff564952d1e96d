package report_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/bench/report"
	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
)

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   report.Spread
		text   string
	}{
		{nil, report.Spread{}, "0.00"},
		{[]float64{3}, report.Spread{3, 3, 3}, "3.00"},
		{[]float64{300, 100, 200}, report.Spread{200, 100, 300}, "200 [100–300]"},
		{[]float64{4, 1, 2, 30}, report.Spread{3, 1, 30}, "3.00 [1.00–30.0]"},
	} {
		got := report.Of(c.values)
		assert.Equal(t, c.want, got)
		assert.Equal(t, c.text, got.String())
	}
}

func TestDisturbedRunsCountOnlyWhereOthersAreFew(t *testing.T) {
	j := rig.Job{Group: "ws", Case: "a"}
	run := func(cpu, foreign float64) rig.Outcome {
		return rig.Outcome{Job: j, Figures: map[string]float64{rig.CPU: cpu}, Foreign: foreign}
	}
	failed := rig.Outcome{Job: j, Error: "no"}
	for _, c := range []struct {
		all  []rig.Outcome
		want float64
		runs int
	}{
		{[]rig.Outcome{run(1, 0), run(3, 0), run(9, 1), failed}, 2, 2},
		{[]rig.Outcome{run(1, 0), run(9, 1)}, 5, 2},
		{[]rig.Outcome{failed}, 0, 0},
	} {
		row := report.Sum([]rig.Job{j}, c.all)[0]
		assert.InDelta(t, c.want, row.Figures[rig.CPU].Median, 0)
		assert.Equal(t, c.runs, row.Runs)
	}
}

func TestTablesAndTargets(t *testing.T) {
	figures := func(cpu float64) map[string]float64 {
		return map[string]float64{rig.CPU: cpu, rig.Wall: cpu, rig.Allocs: 0.1}
	}
	ours := rig.Job{Group: "ws", Case: rivals.Typed}
	tuned := rig.Job{Group: "ws", Case: rivals.Tuned}
	rows := report.Sum([]rig.Job{ours, tuned}, []rig.Outcome{{Job: ours, Figures: figures(1500)}, {Job: tuned, Figures: figures(1000)}})
	var out bytes.Buffer
	report.Tables(&out, rows)
	report.Targets(&out, rows)
	assert.Contains(t, out.String(), "| **adic-go-ws/typed** | 1500 | 1500 | 0.10 | 0.00 | 1.50 (1.50) |")
	assert.Contains(t, out.String(), "| WebSocket: coder/websocket tuned + the same decoder | ≤ 1.25 | 1.50 (1.50) | **no** |")
	assert.NotContains(t, out.String(), "nats.go") // was not run
}
