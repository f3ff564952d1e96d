package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// choose returns those whose name matches only, and of these the part "i/n": every
// n-th from the i-th on, so that what is slow and stands together is shared out.
func choose(all []mutant, only, part string) ([]mutant, error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	var i, n int
	if _, err := fmt.Sscanf(part, "%d/%d", &i, &n); err != nil || i < 1 || i > n || part != fmt.Sprintf("%d/%d", i, n) {
		return nil, fmt.Errorf("-part %q; want i/n, from 1/n to n/n", part)
	}
	var chosen []mutant
	at := 0
	for _, m := range all {
		if !pattern.MatchString(m.name) {
			continue
		}
		at++
		if (at-i)%n == 0 {
			chosen = append(chosen, m)
		}
	}
	return chosen, nil
}

// stale is an error for each mistake that has no place in the sources any more, or
// more than one. The sources are those below the working directory.
func stale(all []mutant) error {
	var errs []error
	for _, m := range all {
		if _, err := m.mistaken(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.name, err))
		}
	}
	return errors.Join(errs...)
}

// mistaken returns the text of the file with the mistake in it.
func (m mutant) mistaken() (string, error) {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), m.was); n != 1 {
		return "", fmt.Errorf("%q is %d times in %s; want once", m.was, n, m.file)
	}
	return strings.Replace(string(text), m.was, m.is, 1), nil
}
