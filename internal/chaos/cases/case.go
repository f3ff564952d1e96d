package cases

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/chaos/sheet"
	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
	"github.com/adic/adic-go/internal/refserver"
)

// A Case is a scenario in one way of making it happen.
type Case struct {
	Fault      int
	Name       string
	Programs   []string             // that it needs
	Namespaces bool                 // it needs network namespaces, so root
	Heavy      bool                 // it keeps the machine busy, and wants it for itself
	Dialects   []refserver.Dialect  // none: both
	Transports []fallback.Transport // the best one that is allowed; none: both streams
	Heartbeat  time.Duration        // 0: 2 s
	Run        func(context.Context, *trial.Trial) error
}

// The dialects and transports of cases that have not all of them.
var (
	node   = []refserver.Dialect{refserver.Node}  //nolint:gochecknoglobals // constants
	guide  = []refserver.Dialect{refserver.Guide} //nolint:gochecknoglobals // as above
	ladder = []fallback.Transport{fallback.None}  //nolint:gochecknoglobals // as above
	sse    = []fallback.Transport{fallback.SSE}   //nolint:gochecknoglobals // as above
)

// A Run is a case in one dialect, on one transport.
type Run struct {
	Case

	Dialect   refserver.Dialect
	Transport fallback.Transport
}

// All returns every run of every case.
func All() (runs []Run) {
	both := []fallback.Transport{fallback.WebSocket, fallback.SSE}
	for _, c := range slices.Concat(broken(), picky(), idle(), pools(), forward(), secure(), slow(), links()) {
		if c.Dialects == nil {
			c.Dialects = []refserver.Dialect{refserver.Guide, refserver.Node}
		}
		if c.Transports == nil {
			c.Transports = both
		}
		for _, d := range c.Dialects {
			for _, t := range c.Transports {
				runs = append(runs, Run{c, d, t})
			}
		}
	}
	return runs
}

// Select returns the runs that a comma-separated list wants: numbers of faults, and
// parts of names. An empty list wants all.
func Select(runs []Run, list string) []Run {
	if list == "" {
		return runs
	}
	return slices.DeleteFunc(slices.Clone(runs), func(r Run) bool {
		for word := range strings.SplitSeq(list, ",") {
			number, err := strconv.Atoi(word)
			if err == nil && number == r.Fault || err != nil && strings.Contains(r.ID(), word) {
				return false
			}
		}
		return true
	})
}

// ID names the run: no two have the same.
func (r Run) ID() string { return fmt.Sprintf("%d %s/%v/%v", r.Fault, r.Name, r.Dialect, r.Transport) }

// Absent says why the run cannot be made here; "" if it can.
func (r Run) Absent() string {
	programs := r.Programs
	if r.Namespaces {
		programs = append([]string{"ip", "iptables"}, programs...)
	}
	absent := tools.Have(programs...)
	if r.Namespaces && os.Geteuid() != 0 {
		absent = append(absent, "root")
	}
	if len(absent) > 0 {
		return "not here: " + strings.Join(absent, ", ")
	}
	return ""
}

// Row is one of the run in which nothing is filled in that it would say.
func (r Run) Row() sheet.Row {
	row := sheet.Row{Fault: r.Fault, Name: r.Name, Kind: sheet.Real, Dialect: r.Dialect.String(), Transport: r.Transport.String()}
	if r.Transport == fallback.None {
		row.Transport = "all"
	}
	return row
}

// Do makes the run.
func (r Run) Do(ctx context.Context, seed uint64) sheet.Row {
	const patience = 5 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	row := r.Row()
	addr := local + ":0"
	if r.Namespaces {
		addr = "0.0.0.0:0"
	}
	t, err := trial.New(ctx, trial.Plan{Dialect: r.Dialect, Transport: r.Transport, Seed: seed, Heartbeat: r.Heartbeat}, addr)
	if err != nil {
		row.Note = err.Error()
		return row
	}
	did := t.End(ctx, r.Run(ctx, t))
	did.Fault, did.Name, did.Transport = row.Fault, row.Name, row.Transport
	return did
}
