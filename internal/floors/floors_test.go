// Package floors holds the boundaries of the module: imports run down its
// floors, and what opens connections or speaks a dialect stays in one place.
package floors_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/adic/adic-go"

// floors says how high each package lives. A package imports lower floors only.
var floors = map[string]int{
	"subscription/events": 0,
	"fallback":            0,
	"internal/block":      0,
	"internal/marks":      0,

	"handlers":         1,
	"subscription":     1,
	"metrics":          1,
	"internal/wire":    1,
	"internal/rest":    1,
	"internal/repair":  1,
	"internal/pulse":   1,
	"internal/overlap": 1,

	"internal/transport": 2,
	"internal/lifecycle": 2,
	"internal/backfill":  2,

	"client": 3,

	// For tests and examples.
	"internal/memnet":           1,
	"internal/testca":           0,
	"internal/bubbles":          0,
	"internal/wpt":              0,
	"internal/refserver/ledger": 1,
	"internal/refserver":        3,

	"examples/quickstart": 10,
	"examples/outage":     10,
	"examples/fakenode":   10,
	"examples/compare":    10,

	"internal/gendecode": 10,
	"internal/mutants":   10,
}

// foreign lists who may import a module that is not ours, outside of tests.
var foreign = map[string][]string{
	"internal/transport": {"github.com/coder/websocket"},
	"fallback":           {"github.com/cenkalti/backoff/v4"},
}

// testOnly may be imported by tests and examples alone.
var testOnly = []string{
	"internal/bubbles", "internal/memnet", "internal/testca", "internal/wpt", "internal/refserver", "internal/refserver/ledger",
}

type pkg struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

func TestImportsRunDown(t *testing.T) {
	for name, p := range packages(t) {
		floor, listed := floors[name]
		if !assert.True(t, listed, "%s has no floor: add it to the table, as low as it can live", name) {
			continue
		}
		for _, path := range p.Imports {
			target, ours := strings.CutPrefix(path, module+"/")
			if !ours {
				continue
			}
			below, listed := floors[target]
			inside := strings.HasPrefix(target, name+"/") || strings.HasPrefix(name, target+"/")
			assert.True(t, listed && (below < floor || inside),
				"%s (floor %d) imports %s (floor %d): imports run downwards", name, floor, target, below)
		}
	}
}

func TestForeignModulesStayWhereTheyBelong(t *testing.T) {
	for name, p := range packages(t) {
		for _, path := range p.Imports {
			if !strings.Contains(strings.SplitN(path, "/", 2)[0], ".") || strings.HasPrefix(path, module) {
				continue
			}
			assert.True(t, slices.Contains(foreign[name], path), "%s imports %s", name, path)
		}
	}
}

func TestTheReferenceServerIsForTests(t *testing.T) {
	for name, p := range packages(t) {
		if strings.HasPrefix(name, "examples/") || slices.Contains(testOnly, name) {
			continue
		}
		for _, path := range p.Imports {
			target := strings.TrimPrefix(path, module+"/")
			assert.False(t, slices.Contains(testOnly, target), "%s imports %s outside of its tests", name, target)
		}
	}
}

// TestTheTableIsComplete fails on a floor that nothing lives on any more.
func TestTheTableIsComplete(t *testing.T) {
	all := packages(t)
	for name := range floors {
		assert.Contains(t, all, name, "the table names %s, which does not exist", name)
	}
}

// packages asks the go command for every package of the module, by its path
// below the module. Packages of tests alone are left out.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,GoFiles", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	found := make(map[string]pkg)
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if len(p.GoFiles) > 0 {
			found[strings.TrimPrefix(p.ImportPath, module+"/")] = p
		}
	}
	require.NotEmpty(t, found)
	return found
}
