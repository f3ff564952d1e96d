package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/adic/adic-go/internal/chaos/sheet"
)

// parent is the module that is put to the test.
const parent = "github.com/adic/adic-go"

// simulated runs the scenarios of package client, which live in fake time, and
// returns the rows that they write.
func simulated(ctx context.Context) ([]sheet.Row, error) {
	dir, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", parent).Output()
	if err != nil {
		return nil, fmt.Errorf("where is %s: %w", parent, err)
	}
	folder, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file := filepath.Join(folder, "rows")
	test := exec.CommandContext(ctx, "go", "test", "-count=1", "-run", "^TestFault", "./client")
	test.Dir = strings.TrimSpace(string(dir))
	test.Env = append(os.Environ(), "ADIC_FAULTS="+file)
	said, failed := test.CombinedOutput()
	if failed != nil {
		failed = fmt.Errorf("%w\n%s", failed, said)
	}
	text, err := os.ReadFile(file) //nolint:gosec // its name stands above
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(failed, err)
	}
	rows, err := sheet.Read(bytes.NewReader(text))
	return rows, errors.Join(failed, err)
}
