package client_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const address = "node:80"

// A rig is a node on an in-memory network, and a record of what a client of it
// saw. It lives in a bubble of fake time.
type rig struct {
	record

	t    *testing.T
	node *refserver.Server
	net  *memnet.Network
	stop context.CancelFunc // of what the node does by itself
}

// inBothDialects runs test against a node of each dialect, in fake time.
func inBothDialects(t *testing.T, cfg refserver.Config, test func(*testing.T, *rig)) {
	t.Helper()
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		t.Run(d.String(), func(t *testing.T) {
			cfg := cfg
			cfg.Dialect = d
			inBubble(t, cfg, test)
		})
	}
}

func inBubble(t *testing.T, cfg refserver.Config, test func(*testing.T, *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, node: refserver.New(cfg), net: memnet.New(0)}
		r.listen()
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { r.node.Run(ctx) })
		r.stop = cancel
		t.Cleanup(func() { cancel(); running.Wait() })
		test(t, r)
	})
}

// listen opens the node's port.
func (r *rig) listen() {
	l, err := r.net.Listen(address)
	require.NoError(r.t, err)
	server := &http.Server{Handler: r.node}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	r.t.Cleanup(func() {
		r.node.Close()
		_ = server.Close()
		serving.Wait()
	})
}

// follow runs a manager until stop is called, which returns Run's error. What it
// says is recorded.
func (r *rig) follow(opts client.Options) (m *client.ConnectionManager, stop func() error) {
	r.t.Helper()
	var mux handlers.Mux
	mux.OnAny(r.event)
	return r.run(&mux, opts)
}

// run is follow with handlers of the caller's.
func (r *rig) run(mux *handlers.Mux, opts client.Options) (m *client.ConnectionManager, stop func() error) {
	r.t.Helper()
	web := r.net.Client()
	opts.HTTPClient = web
	tell := opts.OnState
	opts.OnState = func(c client.Change) {
		r.change(c)
		if tell != nil {
			tell(c)
		}
	}
	m, err := client.New("http://"+address, mux, &opts)
	require.NoError(r.t, err)
	ctx, cancel := context.WithCancel(r.t.Context())
	var ended error
	done := make(chan struct{})
	go func() { defer close(done); ended = m.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		<-done
		web.CloseIdleConnections()
		return ended
	})
	r.t.Cleanup(func() { _ = stop() })
	return m, stop
}

// only is a policy of one transport.
func only(t ...fallback.Transport) fallback.Policy { return fallback.Policy{Order: t} }

// connected waits until a stream is usable.
func (r *rig) connected(m *client.ConnectionManager) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Hour)
	defer cancel()
	require.NoError(r.t, m.WaitConnected(ctx))
	synctest.Wait()
}

// pass lets d go by.
func pass(d time.Duration) {
	time.Sleep(d) // fake time
	synctest.Wait()
}

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

// A journal is a log handler that keeps its lines.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: level}))
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, string(p))
	return len(p), nil
}

func (j *journal) with(text string) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range j.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "")
}

var errTest = errors.New("test")

func requireCanceled(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, context.Canceled, fmt.Sprint(err))
}

// added returns the ids of all messages of the node, sorted.
func (r *rig) added() (ids []string) {
	for _, m := range r.node.Messages() {
		ids = append(ids, m.ID)
	}
	slices.Sort(ids)
	return ids
}

// finals returns the ids of all final messages of the node, sorted.
func (r *rig) finals() []string {
	ids := r.node.Finals()
	slices.Sort(ids)
	return ids
}

func contextWithCause(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeoutCause(t.Context(), d, errTest)
}
