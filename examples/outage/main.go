// Command outage shows the ladder at work: an embedded reference server loses
// its WebSocket, then SSE too, then everything, and gets it all back. One line
// per step says by which transport the events came, and how many.
//
//	go run ./examples/outage
//
// The delays are much shorter than the defaults, so that it is over in seconds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	length := flag.Duration("step", 4*time.Second, "how long each step lasts")
	flag.Parse()
	if err := embedded(ctx, *length, os.Stdout); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "outage:", err)
		os.Exit(1) //nolint:gocritic // stop only unregisters the signal
	}
}

// embedded plays the steps against a server in this process.
func embedded(ctx context.Context, length time.Duration, out io.Writer) error {
	node := refserver.New(refserver.Config{Rate: 4, Seed: 1})
	addr, stop, err := node.Start(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer stop()
	return run(ctx, node, "http://"+addr, nil, length, out)
}

// A step changes what works.
type step struct {
	name string
	do   func(*refserver.Server)
}

// blocked is what a proxy says that does not let something through.
var blocked = refserver.Answer{Status: http.StatusForbidden}

var steps = []step{
	{"all transports up", func(*refserver.Server) {}},
	{"WebSocket taken away", func(s *refserver.Server) { s.TakeAway(refserver.WebSocket, blocked) }},
	{"SSE taken away too", func(s *refserver.Server) { s.TakeAway(refserver.SSE, blocked) }},
	{"everything gone", func(s *refserver.Server) { s.TakeAway(refserver.All, refserver.Answer{}) }},
	{"everything back", func(s *refserver.Server) { s.Heal(refserver.All) }},
}

// run follows node at base while its steps are played; web nil is a client of the
// manager's own.
func run(ctx context.Context, node *refserver.Server, base string, web *http.Client, length time.Duration, out io.Writer) error {
	var seen tally
	var mux handlers.Mux
	mux.OnAny(seen.event)
	m, err := client.New(base, &mux, &client.Options{
		HTTPClient:   web,
		OnState:      seen.state,
		PollInterval: length / 8,
		Requests:     6000,
		Fallback: fallback.Policy{
			MinDelay: length / 16, MaxDelay: length / 8, Promote: length / 2, Stable: length / 16,
		},
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { err = m.Run(ctx) })
	for _, s := range steps {
		s.do(node)
		if !pause(ctx, length) {
			break
		}
		fmt.Fprintf(out, "%-22s %v\n", s.name, seen.take(m.Health()))
	}
	cancel()
	running.Wait()
	return err
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// A tally counts what one step brought. Written by the handler goroutine, taken
// by the main one.
type tally struct {
	mu          sync.Mutex
	live, asked int
	gaps        int
	path        []string
}

func (t *tally) event(_ context.Context, env events.Envelope) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case env.Type == events.TypeGap:
		t.gaps++
	case env.Origin == events.OriginLive:
		t.live++
	default:
		t.asked++
	}
	return nil
}

func (t *tally) state(c client.Change) {
	t.mu.Lock()
	defer t.mu.Unlock()
	word := c.To.String()
	if c.To == client.Connected {
		word = c.Transport.String()
	}
	if c.To == client.Connected || c.To == client.Waiting && (len(t.path) == 0 || t.path[len(t.path)-1] != word) {
		t.path = append(t.path, word)
	}
}

// A report is what one step brought.
type report struct {
	now         client.Health
	live, asked int
	gaps        int
	path        []string
}

func (t *tally) take(h client.Health) report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := report{now: h, live: t.live, asked: t.asked, gaps: t.gaps, path: t.path}
	t.live, t.asked, t.gaps, t.path = 0, 0, 0, nil
	return r
}

func (r report) String() string {
	now := r.now.State.String()
	if r.now.State == client.Connected {
		now = "connected by " + r.now.Transport.String()
	}
	return fmt.Sprintf("%-24s %3d live, %3d by REST, %d gap notices, by way of %v", now, r.live, r.asked, r.gaps, r.path)
}
