package ledger_test

import (
	"slices"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSinceIsSortedByMillisecondThenID(t *testing.T) {
	l := ledger.New(1)
	// Two pairs in one millisecond each, arriving newest first.
	d, c := root(l, start.Add(5*time.Millisecond)), root(l, start.Add(5*time.Millisecond+1))
	b, a := root(l, start.Add(1)), root(l, start)
	early, late := []string{a.ID, b.ID}, []string{c.ID, d.ID}
	slices.Sort(early)
	slices.Sort(late)

	for i, anchor := range early {
		assert.Equal(t, append([]string{early[1-i]}, late...), ids(l.Since(anchor, 10)),
			"the sibling of the anchor's millisecond comes again")
	}
	assert.Equal(t, []string{late[0]}, ids(l.Since(late[1], 10)))
	assert.Equal(t, []string{early[1], late[0]}, ids(l.Since(early[0], 2)))
}

// With a limit smaller than the number of siblings a walk never moves on.
func TestSincePingPong(t *testing.T) {
	l := ledger.New(1)
	a, b := root(l, start), root(l, start)
	root(l, start.Add(time.Second))
	assert.Equal(t, []string{b.ID}, ids(l.Since(a.ID, 1)))
	assert.Equal(t, []string{a.ID}, ids(l.Since(b.ID, 1)))
}

func TestSinceWithoutNews(t *testing.T) {
	l := ledger.New(1)
	a := root(l, start)
	root(l, start.Add(-time.Second)) // arrives later, but is older: invisible
	for name, got := range map[string][]ledger.Message{
		"newest":     l.Since(a.ID, 10),
		"unknown":    l.Since("unknown", 10),
		"no limit":   l.Since(a.ID, 0),
		"below zero": l.Since(a.ID, -1),
	} {
		assert.Empty(t, got, name)
	}
}

func TestRangeIsSortedByID(t *testing.T) {
	l := ledger.New(1)
	for i := range 10 {
		root(l, start.Add(time.Duration(i)))
	}
	first, last := start.Add(2), start.Add(7)
	got := l.Range(first, last, 100, "")
	require.Len(t, got, 6, "closed on both ends, to the nanosecond")
	assert.True(t, slices.IsSorted(ids(got)))
	for _, m := range got {
		assert.False(t, m.Timestamp.Before(first) || m.Timestamp.After(last))
	}

	assert.Equal(t, ids(got[:2]), ids(l.Range(first, last, 2, "")))
	assert.Equal(t, ids(got[2:4]), ids(l.Range(first, last, 2, got[1].ID)), "after the cursor")
	assert.Empty(t, l.Range(first, last, 2, got[5].ID))
	assert.Empty(t, l.Range(first, last, 2, "not held"), "skips everything")
	assert.Empty(t, l.Range(first, last, 0, ""))
	assert.Empty(t, l.Range(last, first, 10, ""))
}

func TestMessageByID(t *testing.T) {
	l := ledger.New(1)
	a := root(l, start)
	got, held := l.Message(a.ID)
	assert.True(t, held)
	assert.Equal(t, a, got)
	_, held = l.Message("unknown")
	assert.False(t, held)
}
