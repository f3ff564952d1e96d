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
		Embed(filepath.Join(folder, "faults.md"), "faults", long.Bytes()),
		Embed(filepath.Join(folder, "..", "README.md"), "faults", short.Bytes()),
	)
}

// Embed puts text between the marks of a name in a file:
//
//	<!-- NAME: generated from here … -->
//	<!-- NAME: generated up to here -->
//
// A file without them is left alone.
func Embed(file, name string, text []byte) error {
	old, err := os.ReadFile(file) //nolint:gosec // who makes a report names the folder
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	fresh, err := between(old, "<!-- "+name+": generated ", text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	const mode = 0o644
	return os.WriteFile(file, fresh, mode) //nolint:gosec // as above
}

// between returns old with text between its marks.
func between(old []byte, mark string, text []byte) ([]byte, error) {
	from, to := bytes.Index(old, []byte(mark+"from here")), bytes.Index(old, []byte(mark+"up to here"))
	if from < 0 && to < 0 {
		return old, nil
	}
	end := bytes.IndexByte(old[max(from, 0):], '\n')
	if from < 0 || to < from || end < 0 {
		return nil, errors.New("one of the marks is not where it should be")
	}
	fresh := bytes.Clone(old[:from+end+1])
	fresh = append(fresh, text...)
	return append(append(fresh, '\n'), old[to:]...), nil
}
