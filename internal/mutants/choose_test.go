package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// numbered returns n mistakes whose names are their numbers.
func numbered(n int) []mutant {
	all := make([]mutant, n)
	for i := range all {
		all[i].name = fmt.Sprint(i)
	}
	return all
}

func TestPartsCoverAllOnce(t *testing.T) {
	for _, n := range []int{1, 2, 4, 7, 20} {
		seen := map[string]int{}
		least, most := 10, 0
		for i := 1; i <= n; i++ {
			part, err := choose(numbered(10), "", fmt.Sprintf("%d/%d", i, n))
			require.NoError(t, err)
			for _, m := range part {
				seen[m.name]++
			}
			least, most = min(least, len(part)), max(most, len(part))
		}
		assert.Len(t, seen, 10, "%d parts", n)
		for name, times := range seen {
			assert.Equal(t, 1, times, "%s in %d parts", name, n)
		}
		assert.LessOrEqual(t, most-least, 1, "%d parts are even", n)
	}
}

func TestPartIsOfWhatMatches(t *testing.T) {
	part, err := choose(numbered(20), "^1.$", "2/5")
	require.NoError(t, err)
	require.Len(t, part, 2)
	assert.Equal(t, []string{"11", "16"}, []string{part[0].name, part[1].name})
}

func TestMistakesInPart(t *testing.T) {
	for _, part := range []string{"", "1", "0/4", "5/4", "-1/4", "1/0", "1/4x", "a/b", "1/4/2", " 1/4"} {
		_, err := choose(numbered(10), "", part)
		assert.Error(t, err, part)
	}
	_, err := choose(numbered(10), "(", "1/1")
	assert.Error(t, err)
}

// A line that a mistake stands on and that has moved is told by go test, not only
// when the mistakes are tried.
func TestEveryMistakeHasItsPlace(t *testing.T) {
	t.Chdir("../..")
	assert.NoError(t, stale(mutants()))
	names := map[string]bool{}
	for _, m := range mutants() {
		assert.False(t, names[m.name], "%s is there twice", m.name)
		names[m.name] = true
	}
}

func TestAMistakeWithoutAPlaceIsTold(t *testing.T) {
	t.Chdir("../..")
	gone := mutant{name: "a rule of old", file: "internal/mutants/choose.go", was: "package " + "old"}
	twice := mutant{name: "a rule said twice", file: "internal/mutants/choose.go", was: "err != nil {"}
	err := stale([]mutant{gone, twice, {name: "no file", file: "nowhere.go"}})
	require.Error(t, err)
	for _, name := range []string{gone.name, twice.name, "no file"} {
		assert.ErrorContains(t, err, name)
	}
}
