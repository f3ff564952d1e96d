// Bench measures what an event costs from the socket to its handler, for this SDK
// and for other clients, side by side.
//
//	go run .                        everything, in about a quarter of an hour
//	go run . -quick                 the same once, and shorter, in two minutes
//	go run . -cases ws,latency      only these groups
//	go run . -cases ws:typed        only cases of a group that have this in their names
//	go run . -out ../../docs        and puts the tables into performance.md there
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/adic/adic-go/internal/bench/campaign"
	"github.com/adic/adic-go/internal/bench/report"
	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/source"
)

// settings are the flags.
type settings struct {
	cases    string
	quick    bool
	list     bool
	repeats  int
	long     time.Duration
	profiles string
	out      string

	role   string // of a child
	orders string
	job    string
}

func main() {
	var s settings
	flag.StringVar(&s.cases, "cases", "", "run only these groups, cases with this in their names, or group:name; comma-separated")
	flag.BoolVar(&s.quick, "quick", false, "once, and shorter")
	flag.BoolVar(&s.list, "list", false, "list what would be run")
	flag.IntVar(&s.repeats, "repeats", 0, "runs of each case; 0: as planned")
	flag.DurationVar(&s.long, "for", 0, "length of a measured stream; 0: as planned")
	flag.StringVar(&s.profiles, "profile", "", "folder for CPU profiles of the measured streams, and heap profiles of idle connections; of a child: the file")
	flag.StringVar(&s.out, "out", "", "folder for tables, plots and raw results")
	flag.StringVar(&s.role, "role", "", "what a child of the program is")
	flag.StringVar(&s.orders, "orders", "", "of a child: where the server takes orders")
	flag.StringVar(&s.job, "job", "", "of a child: what it measures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := s.start(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// start does what the role is for.
func (s settings) start(ctx context.Context) error {
	switch s.role {
	case "server":
		return source.Run(os.Stdin, os.Stdout)
	case "client":
		return s.measure(ctx)
	default:
		return s.campaign(ctx)
	}
}

// measure is the client's role.
func (s settings) measure(ctx context.Context) error {
	source.Roomy()
	var o rig.Outcome
	if err := json.Unmarshal([]byte(s.job), &o.Job); err != nil {
		return err
	}
	var err error
	if o.Figures, err = rig.Do(ctx, o.Job, s.orders, s.profiles); err != nil {
		o.Error = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(o)
}

// campaign runs the jobs that are wanted, and reports.
func (s settings) campaign(ctx context.Context) error {
	jobs := campaign.Select(campaign.Plan(s.quick), s.cases)
	for i := range jobs {
		if s.repeats > 0 {
			jobs[i].Repeats = s.repeats
		}
		if s.long > 0 {
			jobs[i].For = s.long
		}
		if s.list {
			_, _ = fmt.Fprintf(os.Stdout, "%-9s %-26s %d\n", jobs[i].Group, jobs[i].Case, jobs[i].X)
		}
	}
	if s.list {
		return nil
	}
	began := time.Now()
	all, err := campaign.Run(ctx, jobs, s.profiles, os.Stderr)
	if err != nil {
		return err
	}
	here := report.Here(ctx)
	here.Took = time.Since(began)
	rows := report.Sum(jobs, all)
	here.Write(os.Stdout)
	report.Tables(os.Stdout, rows)
	report.Targets(os.Stdout, rows)
	if s.out == "" {
		return nil
	}
	return report.Save(s.out, here, rows, all)
}
