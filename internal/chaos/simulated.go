package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/chaos/sheet"
	"github.com/adic/adic-go/internal/chaos/soak"
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
	test := exec.CommandContext(ctx, "go", "test", "-count=1", "-timeout=0", "-run", "^TestFault", "./client")
	test.Dir = strings.TrimSpace(string(dir))
	var rows []sheet.Row
	err = inFolder(func(folder string) error {
		file := filepath.Join(folder, "rows")
		test.Env = append(os.Environ(), "ADIC_FAULTS="+file)
		failed := run(test)
		var err error
		rows, err = read(file, sheet.Read)
		return errors.Join(failed, err)
	})
	return rows, err
}

// soaked makes a soak of a length, in fake time, and returns its row and samples.
func soaked(ctx context.Context, length time.Duration, seed uint64) (rows []sheet.Row, samples []soak.Sample, err error) {
	test := exec.CommandContext(ctx, "go", "test", "-count=1", "-timeout=0", "-run", "^TestSoak$", "./soak")
	err = inFolder(func(folder string) error {
		row, sample := filepath.Join(folder, "rows"), filepath.Join(folder, "samples")
		test.Env = append(os.Environ(), "ADIC_SOAK="+length.String(), "ADIC_SOAK_SEED="+strconv.FormatUint(seed, 10),
			"ADIC_FAULTS="+row, "ADIC_SOAK_SAMPLES="+sample)
		failed := run(test)
		var bad, worse error
		rows, bad = read(row, sheet.Read)
		samples, worse = read(sample, soak.Read)
		return errors.Join(failed, bad, worse)
	})
	return rows, samples, err
}
