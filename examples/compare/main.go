// Command compare follows a node that tells as little as real ones were measured
// to tell, once with a plain client that reads its stream, and once with the SDK,
// and counts what each of them was told of the messages and finalizations.
//
//	go run ./examples/compare           # two minutes
//	go run ./examples/compare -for 10m
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	length := flag.Duration("for", 2*time.Minute, "how long the node grows")
	flag.Parse()
	if err := embedded(ctx, *length, os.Stdout); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1) //nolint:gocritic // stop only unregisters the signal
	}
}

// config is a node with 70 messages a minute that is as untrue as it was measured.
func config() refserver.Config {
	untrue := refserver.Measured()
	const never = 0.5 // of the messages; seen on a node 0.1.10
	untrue.NeverFinal = never
	return refserver.Config{
		Dialect: refserver.Node, Rate: 70.0 / 60, Seed: 1, Untruths: untrue, FinalAfter: time.Second,
	}
}

// embedded compares the two against a server in this process.
func embedded(ctx context.Context, length time.Duration, out io.Writer) error {
	node := refserver.New(config())
	// What was there before anyone listened is history for both.
	addr, stop, err := node.Start(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer stop()
	return run(ctx, node, "http://"+addr, &http.Client{}, length, out)
}

// run follows node at base for length, and a little longer, and writes a table.
func run(ctx context.Context, node *refserver.Server, base string, web *http.Client, length time.Duration, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var plain, sdk tally
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()

	running.Go(func() { _ = follow(ctx, web, base, &plain) })
	var mux handlers.Mux
	handlers.On(&mux, func(_ context.Context, e events.MessageAdded) error { sdk.added(e.MessageID); return nil })
	handlers.On(&mux, func(_ context.Context, e events.MessageFinalized) error { sdk.finalized(e.MessageID); return nil })
	m, err := client.New(base, &mux, &client.Options{
		HTTPClient: web, Subscription: subscription.To(mux.Types()...),
	})
	if err != nil {
		return err
	}
	running.Go(func() { _ = m.Run(ctx) })
	if !pause(ctx, length) {
		return context.Cause(ctx)
	}
	messages, finals := len(node.Messages()), len(node.Finals())
	// The table is about these; the SDK needs a moment to find the last of them.
	const late = 30 * time.Second
	if !pause(ctx, late) {
		return context.Cause(ctx)
	}
	counted := map[string]bool{}
	for _, msg := range node.Messages()[:messages] {
		counted[msg.ID] = true
	}
	final := map[string]bool{}
	for _, id := range node.Finals()[:finals] {
		final[id] = true
	}
	fmt.Fprintf(out, "%-14s %8s %8s %8s\n", "", "node", "plain", "adic-go")
	row := func(name string, of int, get func(*tally) int) {
		fmt.Fprintf(out, "%-14s %8d %8d %8d\n", name, of, get(&plain), get(&sdk))
	}
	row("messages", len(counted), func(t *tally) int { return t.of(t.messages, counted) })
	row("finalizations", len(final), func(t *tally) int { return t.of(t.finals, final) })
	row("told twice", 0, (*tally).doubles)
	return nil
}

// follow is the plain client: it reads the stream of server-sent events and
// believes it.
func follow(ctx context.Context, web *http.Client, base string, t *tally) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/sse/events?events=message.new,finality.update", nil)
	if err != nil {
		return err
	}
	response, err := web.Do(req)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		var e struct {
			Type string
			Data struct {
				ID string `json:"message_id"`
			}
		}
		if json.Unmarshal([]byte(data), &e) != nil {
			continue
		}
		switch e.Type {
		case "MessageAdded":
			t.added(e.Data.ID)
		case "MessageFinalized":
			t.finalized(e.Data.ID)
		}
	}
	return lines.Err()
}

// A tally counts what one client was told. Safe for concurrent use.
type tally struct {
	mu               sync.Mutex
	messages, finals map[string]int
}

func (t *tally) added(id string)     { t.count(&t.messages, id) }
func (t *tally) finalized(id string) { t.count(&t.finals, id) }

func (t *tally) count(m *map[string]int, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if *m == nil {
		*m = make(map[string]int)
	}
	(*m)[id]++
}

// of returns how many of the ids were told.
func (t *tally) of(told map[string]int, ids map[string]bool) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range told {
		if ids[id] {
			n++
		}
	}
	return n
}

// doubles returns how many were told more than once.
func (t *tally) doubles() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range []map[string]int{t.messages, t.finals} {
		for _, times := range m {
			if times > 1 {
				n++
			}
		}
	}
	return n
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
