package client_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A record is what a client saw, in order. Safe for concurrent use.
type record struct {
	mu      sync.Mutex
	envs    []events.Envelope
	gaps    []events.Gap
	changes []client.Change
}

func (r *record) event(_ context.Context, env events.Envelope) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if env.Type != events.TypeGap {
		r.envs = append(r.envs, env)
		return nil
	}
	gap, err := events.Decode[events.Gap](env)
	r.gaps = append(r.gaps, gap)
	return err
}

func (r *record) change(c client.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = append(r.changes, c)
}

// seen returns the events of type t.
func (r *record) seen(t events.Type) []events.Envelope {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.envs), func(e events.Envelope) bool { return e.Type != t })
}

func (r *record) all() []events.Envelope {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.envs)
}

func (r *record) gapList() []events.Gap {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.gaps)
}

// states returns the changes as words: "connecting websocket", "waiting".
func (r *record) states() (words []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.changes {
		word := c.To.String()
		if c.Transport != fallback.None {
			word += " " + c.Transport.String()
		}
		words = append(words, word)
	}
	return words
}

func (r *record) changeList() []client.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.changes)
}

// ids returns the message ids of the events of type t, sorted.
func (r *record) ids(t *testing.T, typ events.Type) (ids []string) {
	t.Helper()
	for _, env := range r.seen(typ) {
		e, err := events.DecodeAny(env)
		require.NoError(t, err)
		switch e := e.(type) {
		case events.MessageAdded:
			ids = append(ids, e.MessageID)
		case events.MessageFinalized:
			ids = append(ids, e.MessageID)
		default:
			t.Fatalf("%s has no message id", typ)
		}
	}
	slices.Sort(ids)
	return ids
}

// episodes checks that every gap is opened, closed and settled at most once, in
// that order, and returns the causes.
func (r *record) episodes(t *testing.T) (causes []events.GapCause) {
	t.Helper()
	open, closed := map[uint64]bool{}, map[uint64]events.Gap{}
	for _, g := range r.gapList() {
		switch g.Stage {
		case events.GapOpened:
			assert.NotContains(t, open, g.Number, "opened twice")
			open[g.Number] = true
			causes = append(causes, g.Cause)
		case events.GapClosed:
			assert.True(t, open[g.Number], "closed before it was opened, or twice: %v", g)
			open[g.Number] = false
			closed[g.Number] = g
			assert.False(t, g.To.Before(g.From), "%v", g)
		case events.GapSettled:
			before, ok := closed[g.Number]
			assert.True(t, ok, "settled before it was closed, or twice: %v", g)
			delete(closed, g.Number)
			assert.True(t, g.From.Equal(before.From) && g.To.Equal(before.To), "%v is not %v", g, before)
			assert.NotEmpty(t, g.Outcome)
		default:
			t.Fatalf("stage %q", g.Stage)
		}
	}
	return causes
}

// settled returns the gaps with an outcome.
func (r *record) settled() (gaps []events.Gap) {
	for _, g := range r.gapList() {
		if g.Stage == events.GapSettled {
			gaps = append(gaps, g)
		}
	}
	return gaps
}

// once checks that the facts of a type are those of the ids, each once.
func (r *record) once(t *testing.T, typ events.Type, ids []string) {
	t.Helper()
	got := r.ids(t, typ)
	if !slices.Equal(got, ids) {
		assert.Empty(t, missing(ids, got), "%s: missing", typ)
		assert.Empty(t, missing(got, ids), "%s: made up", typ)
		assert.Len(t, got, len(ids), "%s", typ)
	}
}

// settledMessages returns the ids of the node's messages, sorted, when nothing is
// on its way any more: the node takes no more of them.
func (r *rig) settledMessages(t *testing.T) []string {
	t.Helper()
	r.stop()
	pass(30 * time.Second)
	return r.added()
}

// missing returns those of want that are not in got, which is sorted.
func missing(want, got []string) (ids []string) {
	for _, id := range want {
		if _, ok := slices.BinarySearch(got, id); !ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// orderly checks that no message became final before it was added, by those that
// were told of both.
func (r *record) orderly(t *testing.T) {
	t.Helper()
	final := map[string]bool{}
	for _, env := range r.all() {
		e, err := events.DecodeAny(env)
		require.NoError(t, err)
		switch e := e.(type) {
		case events.MessageAdded:
			assert.False(t, final[e.MessageID], "%s was final before it was added", e.MessageID)
		case events.MessageFinalized:
			final[e.MessageID] = true
		}
	}
}
