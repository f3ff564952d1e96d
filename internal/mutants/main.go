// Command mutants puts the mistakes that are easily made into the code, one at a
// time, and runs the tests that must notice. It changes no file: the mistakes are
// laid over the sources for one build.
//
//	go run ./internal/mutants            # all of them
//	go run ./internal/mutants -run beats # those whose name matches
//	go run ./internal/mutants -part 2/4  # the second of four parts of them
//
// Whichever are tried, each mistake must still have its place in the sources.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := flag.String("run", "", "a regular expression for the names of those to try")
	part := flag.String("part", "1/1", "which part of them to try, of how many")
	flag.Parse()
	if err := try(ctx, *only, *part); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1) //nolint:gocritic // stop only unregisters the signal
	}
}

// A mutant is one mistake.
type mutant struct {
	name  string // what the mistaken rule says
	file  string
	was   string // is there exactly once
	is    string
	tests string // a pattern of the tests that must notice
	in    string // their package
}

// try makes each mistake of the part in turn. The error says which of them nobody
// noticed, and which of all have no place any more.
func try(ctx context.Context, only, part string) error {
	chosen, err := choose(mutants(), only, part)
	if err != nil {
		return err
	}
	if err := stale(mutants()); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	var missed []error
	for _, m := range chosen {
		began := time.Now()
		if err := m.try(ctx, dir); err != nil {
			missed = append(missed, fmt.Errorf("%s: %w", m.name, err))
			m.says("MISSED ", began)
			continue
		}
		m.says("noticed", began)
	}
	return errors.Join(missed...)
}

// says prints what came of it.
func (m mutant) says(what string, began time.Time) {
	_, _ = fmt.Fprintf(os.Stdout, "%s %5.1f s  %s\n", what, time.Since(began).Seconds(), m.name)
}

// try runs the tests over the mistake. The error is nil if they fail as they should.
func (m mutant) try(ctx context.Context, dir string) error {
	overlay, err := m.overlay(dir)
	if err != nil {
		return err
	}
	const enough = "240s"
	args := []string{"test", "-overlay=" + overlay, "-count=1", "-timeout=" + enough, "-failfast", "-run=" + m.tests, m.in}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // they are this command's own
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return errors.New("no test noticed")
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !errors.As(err, &exit):
		return err
	case !strings.Contains(string(out), "--- FAIL") && !strings.Contains(string(out), "panic:"):
		return fmt.Errorf("it does not build: %s", out)
	}
	return nil
}

// overlay writes the mistaken file and what tells the build to use it.
func (m mutant) overlay(dir string) (name string, err error) {
	text, err := m.mistaken()
	if err != nil {
		return "", err
	}
	mistaken := filepath.Join(dir, "mistaken.go")
	const private = 0o600
	if err := os.WriteFile(mistaken, []byte(text), private); err != nil {
		return "", err
	}
	whole, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {whole: mistaken}})
	if err != nil {
		return "", err
	}
	name = filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, list, private)
}
