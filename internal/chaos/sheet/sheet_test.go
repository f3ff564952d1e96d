package sheet_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/chaos/sheet"
)

func TestFaultsAreNumbered(t *testing.T) {
	for i, f := range sheet.Faults() {
		assert.Equal(t, i+1, f.Number)
		assert.NotEmpty(t, f.What)
		assert.NotEmpty(t, f.Pass)
	}
}

func TestRead(t *testing.T) {
	rows, err := sheet.Read(strings.NewReader(`{"fault":4,"kind":"real","pass":true,"gap_seconds_without_fault":1.5}` + "\n"))
	require.NoError(t, err)
	assert.Equal(t, []sheet.Row{{Fault: 4, Kind: sheet.Real, Pass: true, Unfounded: 1.5}}, rows)
	_, err = sheet.Read(strings.NewReader("{}\n{\n"))
	assert.ErrorContains(t, err, "row 2")
}

func TestWhatPasses(t *testing.T) {
	assert.True(t, sheet.Row{Pass: true, Leaked: -1}.Passed())
	for name, r := range map[string]sheet.Row{
		"its own criterion":   {},
		"lost":                {Pass: true, Lost: 1},
		"doubled":             {Pass: true, Doubled: 1},
		"a goroutine":         {Pass: true, Leaked: 1},
		"a gap without fault": {Pass: true, Unfounded: 0.1},
		"not run":             {Pass: true, Skipped: "no nginx"},
	} {
		assert.False(t, r.Passed(), name)
	}
}

func TestSum(t *testing.T) {
	rows := []sheet.Row{
		{Fault: 7, Kind: sheet.Real, Seeds: 1, Sent: 10, Delivered: 9, Gaps: 1, Median: 3, Worst: 3, Pass: true},
		{Fault: 7, Kind: sheet.Real, Seeds: 1, Sent: 5, Delivered: 5, Lost: 1, Median: 1, Worst: 1, Pass: true},
		{Fault: 7, Kind: sheet.Simulated, Seeds: 100, Sent: 1, Delivered: 1, Median: 1, Worst: 9, Pass: true},
		{Fault: 8, Kind: sheet.Real, Skipped: "not root"},
		{Fault: 9, Kind: sheet.Simulated, Pass: true},
	}
	totals := sheet.Sum(rows)
	require.Len(t, totals, 3)
	assert.True(t, totals[0].Pass)
	assert.Equal(t, 100, totals[0].Runs)
	second := totals[1]
	assert.Equal(t, sheet.Real, second.Kind)
	assert.Equal(t, []int{2, 2, 15, 14, 1, 1}, []int{second.Rows, second.Runs, second.Sent, second.Delivered, second.Lost, second.Gaps})
	assert.InDelta(t, 3, second.Worst, 0)
	assert.False(t, second.Pass)
	assert.Equal(t, []sheet.Row{rows[1]}, second.Failed)
	assert.Equal(t, []int{9}, sheet.Survived(rows))
	sheet.Sort(rows)
	assert.Equal(t, sheet.Simulated, rows[0].Kind)
}
