// Bench measures what an event costs from the socket to its handler, for this SDK
// and for other clients, side by side.
//
//	go run .                 everything, in about a quarter of an hour
//	go run . -quick          the same with fewer repeats, in two minutes
//	go run . -cases ws       only cases whose name or group has that in it
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/bench/campaign"
	"github.com/adic/adic-go/internal/bench/report"
	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
)

// settings are the flags.
type settings struct {
	cases   string
	quick   bool
	list    bool
	repeats int
	long    time.Duration
	profile string

	role   string // of a child
	orders string
	run    string
}

func main() {
	var s settings
	flag.StringVar(&s.cases, "cases", "", "run only cases whose group or name has one of these in it, comma-separated")
	flag.BoolVar(&s.quick, "quick", false, "fewer repeats")
	flag.BoolVar(&s.list, "list", false, "list the cases")
	flag.IntVar(&s.repeats, "repeats", 7, "runs of each case")
	flag.DurationVar(&s.long, "for", 300*time.Millisecond, "length of a measured stream")
	flag.StringVar(&s.profile, "profile", "", "folder for CPU profiles of the measured streams; of a child: the file")
	flag.StringVar(&s.role, "role", "", "what a child of the program is")
	flag.StringVar(&s.orders, "orders", "", "of a child: where the server takes orders")
	flag.StringVar(&s.run, "case", "", "of a child: its case")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := s.start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be stopped
	}
}

// start does what the role is for.
func (s settings) start(ctx context.Context) error {
	switch s.role {
	case "server":
		return source.Run(os.Stdin, os.Stdout)
	case "client":
		result, err := rig.Throughput(ctx, rig.Run{Orders: s.orders, Case: s.run, For: s.long, Profile: s.profile})
		if err != nil {
			result.Error = err.Error()
		}
		return json.NewEncoder(os.Stdout).Encode(result)
	default:
		return s.campaign(ctx)
	}
}

// campaign runs the cases that are wanted.
func (s settings) campaign(ctx context.Context) error {
	var names []string
	for _, c := range rivals.All() {
		if s.wants(c) {
			names = append(names, c.Name)
		}
	}
	if s.list {
		_, err := fmt.Println(strings.Join(names, "\n")) //nolint:forbidigo // that is what it is for
		return err
	}
	if s.quick {
		s.repeats = min(s.repeats, 3)
	}
	results, err := campaign.Throughput(ctx, campaign.Plan{
		Cases: names, Repeats: s.repeats, For: s.long, Pinned: true, Profile: s.profile, Log: os.Stderr,
	})
	if err != nil {
		return err
	}
	report.Table(os.Stdout, report.Rows(names, results), rivals.Tuned, rivals.Usual)
	return nil
}

// wants reports whether a case is selected.
func (s settings) wants(c rivals.Case) bool {
	for part := range strings.SplitSeq(s.cases, ",") {
		if c.Group == part || strings.Contains(c.Name, part) {
			return true
		}
	}
	return false
}
