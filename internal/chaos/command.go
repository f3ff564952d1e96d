package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// inFolder calls do with a folder that is removed afterwards.
func inFolder(do func(folder string) error) error {
	folder, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return err
	}
	return errors.Join(do(folder), os.RemoveAll(folder))
}

// run runs a command; what it said is a part of the error.
func run(cmd *exec.Cmd) error {
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// read reads a file that a command has written, or has not.
func read[T any](file string, parse func(io.Reader) ([]T, error)) ([]T, error) {
	text, err := os.ReadFile(file) //nolint:gosec // its name stands in the code
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parse(bytes.NewReader(text))
}
