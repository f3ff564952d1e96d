// Chaos runs the scenarios of docs/faults.md and writes their table.
//
//	go run .                     everything that this machine has the programs and rights for
//	go run . -simulated          the part in fake time alone
//	go run . -real               the part over real sockets, proxies and namespaces alone
//	go run . -simulated -soak 1m shorter: the soak of an hour takes two minutes
//	go run . -only 29,nginx      rows of a fault, or with this in their names
//	go run . -peers              clients that are not ours read the reference server
//	go run . -out ../../docs     and puts the table into faults.md there and the README;
//	                             what was not to be run stays as it was
//
// What is not run is listed with the reason. The exit code is 1 if a row fails.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/adic/adic-go/internal/chaos/cases"
	"github.com/adic/adic-go/internal/chaos/peers"
	"github.com/adic/adic-go/internal/chaos/report"
	"github.com/adic/adic-go/internal/chaos/sheet"
	"github.com/adic/adic-go/internal/chaos/soak"
)

// settings are the flags.
type settings struct {
	only      string
	simulated bool
	real      bool
	list      bool
	peers     bool
	jobs      int
	soak      time.Duration
	seed      uint64
	out       string
	row       string // of a child
}

// errFailed says that rows failed; which, has been printed.
var errFailed = errors.New("not every row passed")

func main() {
	var s settings
	flag.StringVar(&s.only, "only", "", "run only rows of these faults, or with this in their names; comma-separated; simulated rows all run")
	flag.BoolVar(&s.simulated, "simulated", false, "only what runs in fake time")
	flag.BoolVar(&s.real, "real", false, "only what runs over real sockets")
	flag.BoolVar(&s.list, "list", false, "list the real rows")
	flag.BoolVar(&s.peers, "peers", false, "have clients that are not ours read the reference server, and nothing else")
	flag.IntVar(&s.jobs, "jobs", 4, "real rows at a time, each in a process of its own")
	flag.Uint64Var(&s.seed, "seed", 1, "of all that is random in real rows")
	flag.DurationVar(&s.soak, "soak", time.Hour, "length of the soak, in fake time; 0: none")
	flag.StringVar(&s.out, "out", "", "folder of the documentation that gets the table")
	flag.StringVar(&s.row, "row", "", "of a child of the program: what it runs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := s.start(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// start does what the flags say.
func (s settings) start(ctx context.Context) error {
	switch {
	case s.row != "":
		return child(ctx, s.row, s.seed)
	case s.list:
		return list(s.only, os.Stdout)
	case s.peers:
		return peers.Check(ctx, os.Stdout)
	}
	began := time.Now()
	var rows []sheet.Row
	var failed error
	var samples []soak.Sample
	if !s.real {
		var err error
		rows, err = simulated(ctx)
		failed = errors.Join(failed, err)
	}
	if !s.real && s.soak > 0 {
		soakRows, soakSamples, err := soaked(ctx, s.soak, s.seed)
		rows, samples, failed = append(rows, soakRows...), soakSamples, errors.Join(failed, err)
	}
	if !s.simulated {
		rows = append(rows, campaign(ctx, s.only, s.seed, s.jobs, os.Stderr)...)
	}
	sheet.Sort(rows)
	here := report.Here(ctx, s.seed)
	here.Took = time.Since(began)
	_, _ = fmt.Fprintln(os.Stdout, here)
	report.Long(os.Stdout, rows)
	_, _ = fmt.Fprintln(os.Stdout, "\n"+report.Total(rows))
	for _, r := range rows {
		if r.Skipped == "" && !r.Passed() {
			failed = errors.Join(failed, errFailed)
			break
		}
	}
	if s.out != "" {
		kept, err := s.kept()
		rows = append(rows, kept...)
		sheet.Sort(rows)
		failed = errors.Join(failed, err, report.Save(s.out, here, rows))
		if samples != nil {
			failed = errors.Join(failed, soak.Plot(filepath.Join(s.out, "soak.png"), samples))
		}
	}
	return failed
}

// kept returns what the table keeps of the last time, because it was not to be run.
func (s settings) kept() ([]sheet.Row, error) {
	wanted := make(map[string]bool)
	for _, r := range cases.Select(cases.All(), s.only) {
		wanted[key(r.Row())] = true
	}
	known := make(map[string]bool)
	for _, r := range cases.All() {
		known[key(r.Row())] = true
	}
	return report.Kept(s.out, func(r sheet.Row) bool {
		if r.Kind == sheet.Simulated {
			return s.real
		}
		return known[key(r)] && (s.simulated || !wanted[key(r)])
	})
}

// key names a real row.
func key(r sheet.Row) string { return fmt.Sprint(r.Fault, r.Name, r.Dialect, r.Transport) }
