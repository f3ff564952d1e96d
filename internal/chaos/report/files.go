package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/adic/adic-go/internal/chaos/sheet"
	"github.com/adic/adic-go/internal/marks"
)

// Kept returns the rows of faults.json in a folder that keep wants; none if there is no
// such file.
func Kept(folder string, keep func(sheet.Row) bool) ([]sheet.Row, error) {
	text, err := os.ReadFile(filepath.Join(folder, "faults.json")) //nolint:gosec // who makes a report names the folder
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct{ Rows []sheet.Row }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("faults.json: %w", err)
	}
	return slices.DeleteFunc(file.Rows, func(r sheet.Row) bool { return !keep(r) }), nil
}

// Save writes rows into a folder: faults.json, and the tables between the marks of
// faults.md there and of the README beside the folder.
func Save(folder string, e Environment, rows []sheet.Row) error {
	raw, err := json.MarshalIndent(struct {
		Environment

		Rows []sheet.Row `json:"rows"`
	}{e, rows}, "", " ")
	if err != nil {
		return err
	}
	const mode = 0o644
	if err := os.WriteFile(filepath.Join(folder, "faults.json"), append(raw, '\n'), mode); err != nil {
		return err
	}
	var long, short bytes.Buffer
	sayf(&long, "%s\n\n%s\n\n", Total(rows), e)
	Long(&long, rows)
	sayf(&short, "\n")
	Short(&short, rows)
	return errors.Join(
		marks.Embed(filepath.Join(folder, "faults.md"), "faults", long.Bytes()),
		marks.Embed(filepath.Join(folder, "..", "README.md"), "faults", short.Bytes()),
	)
}
