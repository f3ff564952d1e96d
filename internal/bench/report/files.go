package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/marks"
)

// Save writes all results of a campaign into a folder: performance.json, plots, and
// the tables between the marks of performance.md. The short table goes between those
// of the README beside the folder.
func Save(folder string, e Environment, rows Rows, all []rig.Outcome) error {
	raw, err := json.MarshalIndent(struct {
		Environment

		Outcomes []rig.Outcome `json:"outcomes"`
	}{e, all}, "", " ")
	if err != nil {
		return err
	}
	const mode = 0o644
	if err := os.WriteFile(filepath.Join(folder, "performance.json"), append(raw, '\n'), mode); err != nil {
		return err
	}
	pictures, err := Plots(folder, rows)
	if err != nil {
		return err
	}
	var long, short bytes.Buffer
	e.Write(&long)
	Targets(&long, rows)
	for _, p := range pictures {
		sayf(&long, "\n![%s](%s)\n", p.title, p.file)
	}
	Tables(&long, rows)
	Short(&short, rows)
	return errors.Join(
		marks.Embed(filepath.Join(folder, "performance.md"), "benchmarks", long.Bytes()),
		marks.Embed(filepath.Join(folder, "..", "README.md"), "benchmarks", short.Bytes()),
	)
}
