// Package marks puts generated text into pages that people write:
//
//	<!-- NAME: generated from here … -->
//	<!-- NAME: generated up to here -->
package marks

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// Embed puts text between the marks of a name in a file. A file without them, or that
// does not exist, is left alone.
func Embed(file, name string, text []byte) error {
	old, err := os.ReadFile(file) //nolint:gosec // who generates names the file
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
