package repair_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// What was only announced is forgotten like all that is known, and not asked for
// then; what is left is asked for, the newest first.
func TestForgottenIsNotAskedFor(t *testing.T) {
	const limit = 80
	b := begun(limit)
	var all []string
	for i := range 500 {
		id := fmt.Sprint(i)
		b.Added(id, at(time.Duration(i)*time.Second))
		b.Delivered(repair.Added, id)
		all = append(all, id)
	}
	now := at(time.Hour)
	b.PassBegan(now)
	known := b.Figures().Known
	assert.LessOrEqual(t, known, limit+limit/4+1)
	assert.Equal(t, known, b.Figures().Wanted)
	left := slices.Clone(all[500-known:])
	slices.Reverse(left)
	assert.Equal(t, left[:10], b.Ask(now, 10))
	assert.Equal(t, left, b.Ask(now, 1000))
}

// One that the server announced and does not show is asked for once in a pass, among
// what else is missing.
func TestAnnouncedAndNotShown(t *testing.T) {
	b := begun(0)
	b.Added("a", at(10*time.Second))
	b.Added("b", at(20*time.Second))
	b.Added("c", at(30*time.Second))
	for range 4 {
		now := at(time.Minute)
		b.PassBegan(now)
		assert.Equal(t, []string{"c", "b", "a"}, b.Ask(now, 10))
		b.Missing(now, []string{"b"})
		assert.Equal(t, []string{"c", "a"}, b.Ask(now, 10))
		assert.Equal(t, 0, b.Figures().Absent)
		b.PassEnded(now)
	}
	now := at(2 * time.Minute)
	b.PassBegan(now)
	b.Missing(now, []string{"b"})
	assert.Equal(t, []string{"c", "a"}, b.Ask(now, 10))
	assert.Equal(t, 1, b.Figures().Absent)
	assert.Equal(t, 2, b.Figures().Wanted)
	b.Found(fact("b", time.Second), now)
	assert.Equal(t, 0, b.Figures().Absent)
}

// When the first pass ends because too much would have to be read, what was announced
// before the first connection was usable is history like all that is older.
func TestStartDropsWhatWasAnnouncedBefore(t *testing.T) {
	b := repair.New(0)
	b.Begin(t0)
	for i := range 1000 {
		b.Added(fmt.Sprint(i), t0)
	}
	b.PassBegan(t0)
	b.Added("meanwhile", t0)
	assert.Len(t, b.Ask(t0, 3), 3)
	assert.Equal(t, 1001, b.Figures().Wanted)
	b.Added("later", at(time.Second))
	assert.Empty(t, b.Ask(at(time.Second), 10), "there were too many")
	assert.Equal(t, 1, b.Figures().Wanted)
	b.PassEnded(at(time.Second))
	assert.Equal(t, []string{"later"}, b.Ask(at(time.Second), 10))
}

// Another run asks for what was announced and not shown.
func TestCursorHoldsWhatWasOnlyAnnounced(t *testing.T) {
	b := begun(0)
	for _, id := range []string{"a", "b", "c", "missing"} {
		b.Added(id, at(time.Second))
		b.Delivered(repair.Added, id)
	}
	b.Found(fact("b", time.Second), at(time.Minute))
	b.Missing(at(time.Minute), []string{"missing"})
	again := repair.New(0)
	_, _, err := again.Resume(b.Cursor())
	assert.NoError(t, err)
	assert.Equal(t, 3, again.Figures().Wanted)
	assert.Equal(t, []string{"a", "c", "missing"}, again.Ask(at(time.Minute), 10))
}

// What is to be asked for is bounded, announced or not.
func TestAnnouncedIsBounded(t *testing.T) {
	b := begun(10)
	for i := range 30 {
		b.Added(fmt.Sprint(i), at(time.Second))
	}
	assert.Equal(t, 20, b.Figures().Wanted)
	assert.Equal(t, uint64(10), b.Figures().Overruns)
	b.Found(fact("child", time.Second, "parent"), at(time.Second))
	assert.Equal(t, 20, b.Figures().Wanted)
	assert.Equal(t, uint64(11), b.Figures().Overruns)
}
