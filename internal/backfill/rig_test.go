package backfill_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A rig is a node that is asked without a network, a loop, and a client that is
// given what comes of it.
type rig struct {
	t     *testing.T
	node  *refserver.Server
	books *repair.Books
	rest  *rest.Client
	loop  *backfill.Loop
	end   func() // of the run

	mu     sync.Mutex
	change func(w http.ResponseWriter, r *http.Request) bool // answers in the node's place if it returns true
	fail   func(r *http.Request) error                       // instead of an answer
	asked  []string                                          // paths since the last look
	added  []string                                          // handed on, in order
	final  []string
	seen   map[string]bool
	states []events.Envelope
	notes  []backfill.Note
	ends   int           // of passes, as of the last look at them; the test's own
	block  chan struct{} // while it is open, there is no room
}

// options are what tests of the rig differ in.
type options struct {
	requests int // a minute
	known    func(ctx context.Context, facts []events.Envelope) ([]bool, error)
	node     refserver.Config
}

// test runs a test against a node, in fake time that is past the first second of
// the bubble.
func test(t *testing.T, o options, fn func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.node.Dialect = refserver.Node
		r := &rig{t: t, node: refserver.New(o.node), books: repair.New(0), seen: make(map[string]bool)}
		r.rest = r.client(o.requests)
		r.loop = backfill.New(backfill.Config{REST: r.rest, Books: r.books, Fill: r.fill, Known: o.known, Note: r.note})
		r.start()
		wait(time.Hour)
		fn(t, r)
		r.end()
	})
}

// client returns a client that asks r, so often a minute.
func (r *rig) client(requests int) *rest.Client {
	return rest.New(rest.Config{
		Base:   &url.URL{Scheme: "http", Host: "node"},
		Do:     (&http.Client{Transport: r}).Do,
		Budget: rest.NewBudget(requests, 0),
	})
}

// start runs the loop.
func (r *rig) start() {
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); r.loop.Run(ctx) }()
	r.end = func() { cancel(); <-done }
}

// RoundTrip implements http.RoundTripper.
func (r *rig) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.asked = append(r.asked, request.URL.Path)
	change, fail := r.change, r.fail
	r.mu.Unlock()
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	if fail != nil {
		if err := fail(request); err != nil {
			return nil, err
		}
	}
	w := httptest.NewRecorder()
	if change == nil || !change(w, request) {
		request = request.Clone(request.Context())
		request.RequestURI = request.URL.RequestURI()
		r.node.ServeHTTP(w, request)
	}
	response := w.Result()
	response.Request = request
	return response, nil
}

// answer has another one answer from now on; nil: the node.
func (r *rig) answer(change func(w http.ResponseWriter, r *http.Request) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.change = change
}

// breaks has requests fail from now on, as fail says; nil: they do not.
func (r *rig) breaks(fail func(r *http.Request) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = fail
}

// refuse answers paths that contain one of parts with a status, nothing else.
func (r *rig) refuse(status int, parts ...string) {
	r.answer(func(w http.ResponseWriter, request *http.Request) bool {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(request.URL.Path, part) }) {
			return false
		}
		w.WriteHeader(status)
		return true
	})
}

// look returns the paths asked for since the last look, ids left out.
func (r *rig) look() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := r.asked
	r.asked = nil
	for i, path := range asked {
		at := strings.LastIndexByte(path, '/')
		if len(path)-at-1 == 64 {
			asked[i] = path[:at] + "/*"
		}
	}
	return asked
}

// asks returns how many of paths contain part.
func asks(paths []string, part string) int {
	n := 0
	for _, path := range paths {
		if strings.Contains(path, part) {
			n++
		}
	}
	return n
}

// fill does with what is handed on what a client does.
func (r *rig) fill(ctx context.Context, env events.Envelope) error {
	r.mu.Lock()
	block := r.block
	r.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	assert.NotZero(r.t, env.Received)
	assert.True(r.t, json.Valid(env.Data))
	id, _ := wire.MessageID(env.Data)
	switch env.Type {
	case events.TypeMessageAdded:
		assert.Equal(r.t, events.OriginBackfilled, env.Origin)
		r.once(env.Type, id)
		r.added = append(r.added, id)
		r.books.Delivered(repair.Added, id)
	case events.TypeMessageFinalized:
		assert.Equal(r.t, events.OriginBackfilled, env.Origin)
		r.once(env.Type, id)
		assert.False(r.t, r.books.Waits(id), "before its message: %s", id)
		r.final = append(r.final, id)
		r.books.Delivered(repair.Finalized, id)
	default:
		assert.Equal(r.t, events.OriginState, env.Origin)
		r.states = append(r.states, env)
	}
	return nil
}

// once fails if a fact comes twice.
func (r *rig) once(t events.Type, id string) {
	assert.False(r.t, r.seen[string(t)+id], "handed on twice: %s %s", t, id)
	r.seen[string(t)+id] = true
}

func (r *rig) note(n backfill.Note) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, n)
}

// noted returns the notes of a kind so far.
func (r *rig) noted(kind backfill.NoteKind) []backfill.Note {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.notes), func(n backfill.Note) bool { return n.Kind != kind })
}

// got returns the messages and finalizations handed on so far.
func (r *rig) got() (added, final []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.added), slices.Clone(r.final)
}

// read returns the states handed on since the last call.
func (r *rig) read() []events.Envelope {
	r.mu.Lock()
	defer r.mu.Unlock()
	states := r.states
	r.states = nil
	return states
}

func typesOf(list []events.Envelope) []events.Type {
	var types []events.Type
	for _, env := range list {
		types = append(types, env.Type)
	}
	return types
}

// add adds a message and returns its id.
func (r *rig) add() string { return r.node.AddMessage(refserver.AddOptions{}) }

// follow begins a connection; no types are all.
func (r *rig) follow(mode backfill.Mode, types ...events.Type) {
	r.books.Want(types == nil || slices.Contains(types, events.TypeMessageAdded),
		types == nil || slices.Contains(types, events.TypeMessageFinalized))
	r.books.Begin(r.rest.Now())
	r.loop.Follow(mode, types)
	synctest.Wait()
}

// pause ends it.
func (r *rig) pause() {
	r.loop.Follow(backfill.Paused, nil)
	synctest.Wait()
}

// polls makes n polls as a polling stream does.
func (r *rig) polls(n int) {
	for range n {
		from := time.Now()
		if ids, err := r.rest.Tips(r.t.Context(), rest.Fact); err == nil {
			r.books.Tips(ids)
		}
		if k, err := r.rest.KCore(r.t.Context(), rest.Fact); err == nil {
			r.books.Counted(r.rest.Now(), k.FinalizedCount)
		}
		r.loop.Sign()
		wait(max(0, 5*time.Second-time.Since(from)))
	}
}

// beats lets d go by on a stream that announces nothing, but has its beats: tips
// and, every other time, the count.
func (r *rig) beats(d time.Duration) {
	r.t.Helper()
	for n := range int(d / (3 * time.Second)) {
		tips, err := json.Marshal(map[string]any{"tips": r.node.Tips()})
		require.NoError(r.t, err)
		r.loop.Live(events.TypeTipsUpdated)
		r.loop.Tips(tips)
		if n%2 == 0 {
			r.loop.Live(events.TypeKCoreUpdated)
			r.books.Counted(time.Now(), uint64(len(r.node.Finals())))
		}
		wait(3 * time.Second)
	}
}

// wait lets d go by.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
