package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/adic/adic-go/internal/bench/rig"
)

// Disturbed is how many CPUs others may use during a run before it is made once
// more, and left out of the medians.
const Disturbed = 0.25

// Run makes all runs of the jobs, shuffled within each repeat. profiles is a folder
// for CPU profiles; "": none. log is told each run.
func Run(ctx context.Context, jobs []rig.Job, profiles string, log io.Writer) ([]rig.Outcome, error) {
	pinned, err := StartServer(ctx, true)
	if err != nil {
		return nil, err
	}
	defer pinned.Stop()
	free, err := StartServer(ctx, false)
	if err != nil {
		return nil, err
	}
	defer free.Stop()
	var all []rig.Outcome
	for repeat := 0; ; repeat++ {
		round := due(jobs, repeat)
		if len(round) == 0 {
			return all, nil
		}
		for i, j := range round {
			server := pinned
			if j.Free {
				server = free
			}
			file := ""
			if profiles != "" {
				file = filepath.Join(profiles, fmt.Sprintf("%s.%d.pprof", strings.ReplaceAll(j.Case, "/", "."), repeat))
			}
			o := server.run(ctx, j, file)
			if ctx.Err() != nil {
				return all, context.Cause(ctx)
			}
			all = append(all, o)
			_, _ = fmt.Fprintf(log, "%d: %2d/%d  %-9s %-26s %5d  %s %s\n", repeat+1, i+1, len(round), j.Group, j.Case, j.X, figures(o), o.Error)
		}
	}
}

// due returns the jobs that have a run of that number, in a new order.
func due(jobs []rig.Job, repeat int) []rig.Job {
	var list []rig.Job
	for _, at := range rand.Perm(len(jobs)) {
		if repeat < jobs[at].Repeats {
			list = append(list, jobs[at])
		}
	}
	return list
}

// run makes one run, and another one if it was disturbed.
func (s *Server) run(ctx context.Context, j rig.Job, profile string) rig.Outcome {
	first := s.once(ctx, j, profile)
	const long = rig.Idle // nobody has the time to make it again
	if first.Foreign <= Disturbed && first.Error == "" || j.Measure == long || ctx.Err() != nil {
		return first
	}
	if again := s.once(ctx, j, profile); again.Error == "" {
		return again
	}
	return first
}

func (s *Server) once(ctx context.Context, j rig.Job, profile string) rig.Outcome {
	var o rig.Outcome
	text, err := json.Marshal(j)
	if err == nil {
		o.Foreign, err = s.Measure(ctx, !j.Free, &o, "-job", string(text), "-profile", profile)
	}
	if err != nil {
		o.Error = err.Error()
	}
	o.Job = j
	return o
}

// figures writes what matters most of a run.
func figures(o rig.Outcome) string {
	var text []string
	for _, name := range []string{rig.CPU, rig.Allocs, rig.P50, rig.P99, rig.RSS, rig.Goroutines, rig.PerRequest} {
		if v, ok := o.Figures[name]; ok {
			text = append(text, fmt.Sprintf("%s %.4g", name, v))
		}
	}
	return strings.Join(text, "  ")
}
