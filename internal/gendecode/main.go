// Command gendecode writes the decoders of package events: for each struct of
// the catalogue a method that reads the payload in the order of its fields, and
// gives up where a payload is another. Run it by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "gendecode:", err)
		os.Exit(1)
	}
}

// run writes the decoders of the package in dir beside it, and removes those that
// it would not write any more.
func run(dir string) error {
	files, err := generate(dir)
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		return err
	}
	for _, path := range old {
		if files[filepath.Base(path)] == nil {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
