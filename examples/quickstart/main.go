// Command quickstart follows a node and prints what it says, one line per
// event, the changes of state between them, and the statistics at the end.
//
//	go run ./examples/quickstart                             # a reference server in this process
//	go run ./examples/quickstart -node http://localhost:9121 # a node
//	go run ./examples/quickstart -events TipsUpdated,message.new -for 10s -json
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
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
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1) //nolint:gocritic // stop only unregisters the signal
	}
}

// flags are the command line.
type flags struct {
	node     string
	duration time.Duration
	json     bool
	want     subscription.Subscription
}

func run(ctx context.Context, args []string, out, logs io.Writer) error {
	f, err := parse(args, logs)
	if err != nil {
		return err
	}
	if f.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.duration)
		defer cancel()
	}
	if f.node == "" {
		node := refserver.New(refserver.Config{Rate: 2, Seed: uint64(time.Now().UnixNano())})
		addr, stop, err := node.Start(ctx, "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer stop()
		fmt.Fprintf(logs, "no -node: following a reference server in this process, http://%s\n", addr)
		f.node = "http://" + addr
	}
	return follow(ctx, f, out)
}

// follow is the whole of what an application does.
func follow(ctx context.Context, f flags, out io.Writer) error {
	var p printer = &text{out: out, node: f.node}
	if f.json {
		p = newLines(out)
	}
	var mux handlers.Mux
	mux.OnAny(p.event) // gaps come here too
	m, err := client.New(f.node, &mux, &client.Options{Subscription: f.want, OnState: p.state})
	if err != nil {
		return err
	}
	err = m.Run(ctx)
	p.stats(m.Metrics().Snapshot())
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil // the end that was asked for
	}
	return err
}

func parse(args []string, logs io.Writer) (flags, error) {
	var f flags
	set := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	set.SetOutput(logs)
	set.StringVar(&f.node, "node", "", "`URL` of the node; without it a reference server runs in this process")
	names := set.String("events", "all", "comma-separated `types`, in either spelling, or all")
	levels := set.String("priority", "all", "comma-separated `priorities`: high, medium, low, or all")
	set.DurationVar(&f.duration, "for", 0, "stop after this `duration`; 0: at an interrupt")
	set.BoolVar(&f.json, "json", false, "print one JSON object per line")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if set.NArg() > 0 {
		return f, fmt.Errorf("unexpected argument %q; see -help", set.Arg(0))
	}
	if f.duration < 0 {
		return f, fmt.Errorf("-for %v: want a positive duration, or 0 to run until an interrupt", f.duration)
	}
	types, err := list(*names, events.ParseType)
	if err != nil {
		return f, fmt.Errorf("-events: %w", err)
	}
	priorities, err := list(*levels, events.ParsePriority)
	if err != nil {
		return f, fmt.Errorf("-priority: %w", err)
	}
	f.want = subscription.Subscription{Types: types, Priorities: priorities}
	return f, nil
}

// list parses a comma-separated list; nil stands for all.
func list[T any](s string, parse func(string) (T, error)) ([]T, error) {
	if s == "" || s == "all" {
		return nil, nil
	}
	var parsed []T
	for name := range strings.SplitSeq(s, ",") {
		v, err := parse(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, v)
	}
	return parsed, nil
}
