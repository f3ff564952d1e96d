package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/adic/adic-go/internal/bench/rig"
)

// Between these lines of a Markdown file stands what is generated.
const (
	begin = "<!-- benchmarks: generated from here"
	end   = "<!-- benchmarks: generated up to here -->"
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
		embed(filepath.Join(folder, "performance.md"), long.Bytes()),
		embed(filepath.Join(folder, "..", "README.md"), short.Bytes()),
	)
}

// embed puts text between the marks of a file. One without marks is left alone.
func embed(file string, text []byte) error {
	old, err := os.ReadFile(file) //nolint:gosec // who runs a benchmark names the folder
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	fresh, err := between(old, text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	const mode = 0o644
	return os.WriteFile(file, fresh, mode) //nolint:gosec // as above
}

// between returns old with text between its marks.
func between(old, text []byte) ([]byte, error) {
	from, to := bytes.Index(old, []byte(begin)), bytes.Index(old, []byte(end))
	if from < 0 && to < 0 {
		return old, nil
	}
	line := bytes.IndexByte(old[max(from, 0):], '\n')
	if from < 0 || to < from || line < 0 {
		return nil, errors.New("one of the marks is not where it should be")
	}
	fresh := bytes.Clone(old[:from+line+1])
	fresh = append(fresh, text...)
	return append(append(fresh, '\n'), old[to:]...), nil
}
