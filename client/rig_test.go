package client_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
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
	base string             // what is followed; empty: the node
	stop context.CancelFunc // of what the node does by itself

	random func() float64 // the client's jitter; nil: its own
	away   []func()       // take what was put beside the node away again

	patience atomic.Int64 // of what stands in front of the node: nanoseconds in which something must move; 0: any
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

// clear takes away what stands between the node and its clients.
func (r *rig) clear() {
	for _, end := range r.away {
		end()
	}
	r.away = nil
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
	web := opts.HTTPClient
	if web == nil {
		web = r.net.Client()
		opts.HTTPClient = web
	}
	tell := opts.OnState
	opts.OnState = func(c client.Change) {
		r.change(c)
		if tell != nil {
			tell(c)
		}
	}
	m, err := client.New(cmp.Or(r.base, "http://"+address), mux, &opts)
	require.NoError(r.t, err)
	if r.random != nil {
		m.SetRandom(r.random)
	}
	return m, runs(r.t, m, web)
}

// runs has m run, and its idle connections closed behind it, until stop is called, which
// returns Run's error.
func runs(t *testing.T, m *client.ConnectionManager, web *http.Client) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var ended error
	done := make(chan struct{})
	go func() { defer close(done); ended = m.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		<-done
		web.CloseIdleConnections()
		return ended
	})
	t.Cleanup(func() { _ = stop() })
	return stop
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
