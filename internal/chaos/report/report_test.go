package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/chaos/report"
	"github.com/adic/adic-go/internal/chaos/sheet"
)

func rows() []sheet.Row {
	return []sheet.Row{
		{Fault: 4, Name: "a reset", Kind: sheet.Simulated, Seeds: 100, Sent: 1000, Delivered: 1000, Median: 0.25, Worst: 0.5, Pass: true},
		{Fault: 7, Name: "a drop", Kind: sheet.Real, Dialect: "node", Transport: "sse", Seeds: 1, Sent: 10, Delivered: 9, Lost: 1, Worst: 20, Note: "late", Pass: true},
		{Fault: 12, Name: "a flush", Kind: sheet.Real, Skipped: "not root"},
	}
}

func TestTables(t *testing.T) {
	var long, short bytes.Buffer
	report.Long(&long, rows())
	report.Short(&short, rows())
	assert.Contains(t, long.String(), "| 4 | reset in mid-stream | next event in 1 s | simulated | 100 | 1000 | 0 | 0 | 0 | 0 | 0.25 | 0.50 | 0 | ✓ |\n")
	assert.Contains(t, long.String(), "- **7, a drop** (real, node, sse) failed: lost 1, doubled 0, gap seconds beside no fault 0, goroutines 0; late\n")
	assert.Contains(t, long.String(), "- 12, a flush was not run: not root\n")
	assert.Contains(t, short.String(), "| 7 | silent drop for 3 s | 1 | 10 | 1 | 0 | 0 | 20 | **✗** |\n")
	assert.Contains(t, short.String(), "| 12 | NAT forgets an idle connection |  |  |  |  |  |  | not run |\n")
	assert.Contains(t, short.String(), "**1 of 44 survived**: 101 runs, 1010 events sent, 1 lost")
}

func TestFiles(t *testing.T) {
	docs := filepath.Join(t.TempDir(), "docs")
	require.NoError(t, os.Mkdir(docs, 0o755))
	page := filepath.Join(docs, "faults.md")
	require.NoError(t, os.WriteFile(page, []byte("before\n<!-- faults: generated from here by hand -->\nleft over\n<!-- faults: generated up to here -->\nafter\n"), 0o644))
	readme := filepath.Join(docs, "..", "README.md")
	require.NoError(t, os.WriteFile(readme, []byte("no marks\n"), 0o644))
	for range 2 { // again changes nothing more
		require.NoError(t, report.Save(docs, report.Environment{Commit: "abc"}, rows()))
	}
	isReal := func(r sheet.Row) bool { return r.Kind == sheet.Real }
	kept, err := report.Kept(docs, isReal)
	require.NoError(t, err)
	assert.Equal(t, rows()[1:], kept)
	kept, err = report.Kept(t.TempDir(), isReal)
	require.NoError(t, err)
	assert.Empty(t, kept)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Regexp(t, `(?s)^before\n<!-- faults: generated from here by hand -->\n\*\*1 of 44.*commit abc.*\| 4 \|.*\n<!-- faults: generated up to here -->\nafter\n$`, string(text))
	assert.NotContains(t, string(text), "left over")
	text, err = os.ReadFile(readme)
	require.NoError(t, err)
	assert.Equal(t, "no marks\n", string(text))
	require.NoError(t, os.WriteFile(readme, []byte("<!-- faults: generated up to here -->\n"), 0o644))
	assert.ErrorContains(t, report.Save(docs, report.Environment{}, nil), "one of the marks")
}
