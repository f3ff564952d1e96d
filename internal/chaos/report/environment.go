package report

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// An Environment is where the rows were made, and with what.
type Environment struct {
	At       time.Time         `json:"at"`
	Took     time.Duration     `json:"took"`
	Commit   string            `json:"commit"`
	Seed     uint64            `json:"seed"`
	Go       string            `json:"go"`
	System   string            `json:"system"`
	Versions map[string]string `json:"versions"` // of programs
	Missing  []string          `json:"missing"`  // programs that are not here
}

// Here returns the environment of this process.
func Here(ctx context.Context, seed uint64) Environment {
	e := Environment{
		At: time.Now().UTC().Truncate(time.Second), Seed: seed, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Versions: make(map[string]string),
	}
	e.Commit, _ = output(ctx, "git", "rev-parse", "--short", "HEAD")
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		e.System += ", Linux " + strings.TrimSpace(string(text))
	}
	for _, program := range [][]string{
		{"nginx", "-v"},
		{"haproxy", "-v"},
		{"tinyproxy", "-v"},
		{"squid", "-v"},
		{"iptables", "-V"},
		{"conntrack", "-V"},
		{"ip", "-V"},
		{"curl", "-V"},
		{"node", "-v"},
		{"chromium", "--version"},
		{"promtool", "--version"},
	} {
		v, err := output(ctx, program[0], program[1:]...)
		if err != nil {
			e.Missing = append(e.Missing, program[0])
			continue
		}
		e.Versions[program[0]] = version(v)
	}
	return e
}

// version finds the version in the first line of what a program says of itself.
func version(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" /,", r) }) {
			word = strings.TrimLeft(word, "v-")
			word = strings.TrimPrefix(word, "iproute2-")
			if word != "" && word[0] >= '0' && word[0] <= '9' && strings.Contains(word, ".") {
				return word
			}
		}
	}
	return "unknown"
}

// output runs a program that says something in one go.
func output(ctx context.Context, name string, args ...string) (string, error) {
	const longest = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput() //nolint:gosec // the names stand above
	return strings.TrimSpace(string(out)), err
}

// String is the environment as a paragraph.
func (e Environment) String() string {
	var list []string
	for name, v := range e.Versions {
		list = append(list, name+" "+v)
	}
	slices.Sort(list)
	text := fmt.Sprintf("Made %s at commit %s with seed %d: %s, %s; took %v. Programs: %s.", e.At.Format("2 January 2006"), e.Commit, e.Seed,
		e.Go, e.System, e.Took.Round(time.Second), strings.Join(list, ", "))
	if len(e.Missing) > 0 {
		text += " Not here: " + strings.Join(e.Missing, ", ") + "."
	}
	return text
}
