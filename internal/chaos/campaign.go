package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"

	"github.com/adic/adic-go/internal/chaos/cases"
	"github.com/adic/adic-go/internal/chaos/netns"
	"github.com/adic/adic-go/internal/chaos/sheet"
)

// list writes the real rows that are wanted, and why some cannot be made here.
func list(only string, w io.Writer) error {
	for _, r := range cases.Select(cases.All(), only) {
		if _, err := fmt.Fprintln(w, r.ID(), r.Absent()); err != nil {
			return err
		}
	}
	return nil
}

// campaign makes the real rows that are wanted, a few at a time, heavy ones alone.
func campaign(ctx context.Context, only string, seed uint64, jobs int, progress io.Writer) []sheet.Row {
	runs := cases.Select(cases.All(), only)
	light := func(r cases.Run) bool { return !r.Heavy }
	heavy := slices.DeleteFunc(slices.Clone(runs), light)
	rows := together(ctx, slices.DeleteFunc(runs, func(r cases.Run) bool { return r.Heavy }), seed, max(jobs, 1), progress)
	return append(rows, together(ctx, heavy, seed, 1, progress)...)
}

// together makes rows, so many at a time.
func together(ctx context.Context, runs []cases.Run, seed uint64, jobs int, progress io.Writer) []sheet.Row {
	rows := make([]sheet.Row, len(runs))
	next := make(chan int)
	var mu sync.Mutex // of progress
	var working sync.WaitGroup
	for range jobs {
		working.Go(func() {
			for i := range next {
				rows[i] = apart(ctx, runs[i], seed)
				mu.Lock()
				_, _ = fmt.Fprintf(progress, "%-4s %s: %s\n", verdict(rows[i]), runs[i].ID(), rows[i].Note+rows[i].Skipped)
				mu.Unlock()
			}
		})
	}
	for i := range runs {
		next <- i
	}
	close(next)
	working.Wait()
	return rows
}

func verdict(r sheet.Row) string {
	switch {
	case r.Skipped != "":
		return "skip"
	case r.Passed():
		return "ok"
	default:
		return "FAIL"
	}
}

// apart makes a run in a process of its own, so that it can count its goroutines and
// have a network of its own.
func apart(ctx context.Context, r cases.Run, seed uint64) sheet.Row {
	row := r.Row()
	if row.Skipped = r.Absent(); row.Skipped != "" {
		return row
	}
	self, err := os.Executable()
	if err != nil {
		row.Note = err.Error()
		return row
	}
	cmd := exec.CommandContext(ctx, self, "-row", r.ID(), "-seed", strconv.FormatUint(seed, 10)) //nolint:gosec // this program
	if r.Namespaces {
		cmd.SysProcAttr = netns.Own()
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	text, err := cmd.Output()
	if parsed := json.Unmarshal(text, &row); err != nil || parsed != nil {
		const longest = 2000
		row.Pass, row.Note = false, fmt.Sprintf("%v: %.*s", errors.Join(err, parsed), longest, said.String())
	}
	return row
}

// child makes one run and prints its row.
func child(ctx context.Context, id string, seed uint64) error {
	for _, r := range cases.All() {
		if r.ID() == id {
			return json.NewEncoder(os.Stdout).Encode(r.Do(ctx, seed))
		}
	}
	return fmt.Errorf("there is no row %q", id)
}
