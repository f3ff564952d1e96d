package client_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A network is several nodes, each at an address of its own, "http://node0" and so on,
// that hold the same messages; and a client of them with a record of what it saw. A
// message is announced by the node that it was submitted to alone, as nodes do.
type network struct {
	record

	t      *testing.T
	net    *memnet.Network
	nodes  []*refserver.Server
	close  func() // ends the nodes
	serial int
	m      *client.ConnectionManager
	stop   func() error
}

// inNetwork runs test against n nodes of each dialect, in fake time.
func inNetwork(t *testing.T, n int, test func(*testing.T, *network)) {
	t.Helper()
	t.Parallel()
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, newNetwork(t, n, refserver.Config{Dialect: d})) })
		})
	}
}

// newNetwork makes n nodes. It is for a bubble.
func newNetwork(t *testing.T, n int, cfg refserver.Config) *network {
	w := &network{t: t, net: memnet.New(0)}
	for range n {
		w.nodes = append(w.nodes, refserver.New(cfg))
	}
	var running sync.WaitGroup
	var closes []func()
	for i, node := range w.nodes {
		l, err := w.net.Listen(host(i) + ":80")
		require.NoError(t, err)
		server := &http.Server{Handler: node, ReadHeaderTimeout: time.Minute}
		ctx, cancel := context.WithCancel(t.Context())
		running.Go(func() { node.Run(ctx) })
		running.Go(func() { _ = server.Serve(l) })
		closes = append(closes, func() { cancel(); node.Close(); _ = server.Close() })
	}
	w.close = sync.OnceFunc(func() {
		for _, end := range closes {
			end()
		}
		running.Wait()
	})
	t.Cleanup(w.close)
	return w
}

func host(i int) string { return fmt.Sprintf("node%d", i) }

func urlOf(i int) string { return "http://" + host(i) }

// follow runs a client of all nodes, the first one preferred.
func (w *network) follow(opts client.Options) *client.ConnectionManager {
	w.t.Helper()
	for i := 1; i < len(w.nodes); i++ {
		if len(opts.Endpoints) < i {
			opts.Endpoints = append(opts.Endpoints, client.Endpoint{URL: urlOf(i)})
		}
	}
	var mux handlers.Mux
	mux.OnAny(w.event)
	web := w.net.Client()
	opts.HTTPClient, opts.OnState = web, w.change
	m, err := client.New(urlOf(0), &mux, &opts)
	require.NoError(w.t, err)
	w.m, w.stop = m, runs(w.t, m, web)
	return m
}

// at waits, for an hour at most, until the client is connected to node i.
func (w *network) at(i int) time.Duration {
	w.t.Helper()
	began := time.Now()
	for time.Since(began) < time.Hour {
		synctest.Wait()
		if h := w.m.Health(); h.State == client.Connected && h.Endpoint == urlOf(i) {
			return time.Since(began)
		}
		time.Sleep(100 * time.Millisecond)
	}
	require.Fail(w.t, "not connected", "to node %d: %+v", i, w.m.Health())
	return 0
}

// add submits a message to node i, and the others have it at once. It returns the id.
func (w *network) add(i int) string {
	w.t.Helper()
	w.serial++
	opts := refserver.AddOptions{Parents: w.nodes[i].Tips(), At: time.Now(), Content: fmt.Append(nil, w.serial)}
	opts.Parents = opts.Parents[:min(len(opts.Parents), 2)]
	id := ""
	for at, node := range w.nodes {
		opts.Silent = at != i
		id = node.AddMessage(opts)
	}
	return id
}

// busy lets d go by, with a message at node i each second, the fifth of which becomes
// final everywhere, and is announced as such by that node.
func (w *network) busy(i int, d time.Duration) {
	for range int(d / time.Second) {
		id := w.add(i)
		if w.serial%5 == 0 {
			for at, node := range w.nodes {
				node.Finalize(id, at != i)
			}
		}
		pass(time.Second)
	}
}

// complete checks that every fact that the nodes hold has come, once, when all has
// become quiet.
func (w *network) complete() {
	w.t.Helper()
	for i := range w.nodes {
		w.nodes[i].Heal(refserver.All)
	}
	pass(6 * time.Minute) // what is announced nowhere is asked for at leisure
	added, finals := w.truth()
	w.once(w.t, events.TypeMessageAdded, added)
	w.once(w.t, events.TypeMessageFinalized, finals)
	w.orderly(w.t)
	w.episodes(w.t)
}

// truth returns the ids of all messages and all final ones of the first node, sorted.
func (w *network) truth() (added, finals []string) {
	for _, m := range w.nodes[0].Messages() {
		added = append(added, m.ID)
	}
	finals = append(finals, w.nodes[0].Finals()...)
	slices.Sort(added)
	slices.Sort(finals)
	return added, finals
}
