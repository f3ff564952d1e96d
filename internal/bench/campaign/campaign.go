package campaign

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/bench/rig"
)

// A Plan says what is run.
type Plan struct {
	Cases   []string
	Repeats int
	For     time.Duration // of one measured stream
	Pinned  bool          // client and server on a CPU each
	Profile string        // folder for CPU profiles; "": none
	Log     io.Writer
}

// disturbed is how many CPUs others may use before a run is made once more.
const disturbed = 0.25

// Throughput runs the plan and returns all results.
func Throughput(ctx context.Context, p Plan) ([]rig.Result, error) {
	server, err := StartServer(ctx, p.Pinned)
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	var results []rig.Result
	for repeat := range p.Repeats {
		for i, at := range rand.Perm(len(p.Cases)) {
			r := p.once(ctx, server, p.Cases[at], repeat)
			if r.Foreign > disturbed {
				if again := p.once(ctx, server, p.Cases[at], repeat); again.Error == "" {
					r = again
				}
			}
			if ctx.Err() != nil {
				return results, context.Cause(ctx)
			}
			results = append(results, r)
			_, _ = fmt.Fprintf(p.Log, "%d/%d %2d/%d  %-28s %6.0f ns %6.2f allocs  %s\n",
				repeat+1, p.Repeats, i+1, len(p.Cases), r.Case, r.Cost.CPU, r.Cost.Allocs, r.Error)
		}
	}
	return results, nil
}

// once runs one case in a process of its own.
func (p Plan) once(ctx context.Context, server *Server, name string, repeat int) rig.Result {
	args := []string{"-case", name, "-for", p.For.String()}
	if p.Profile != "" {
		args = append(args, "-profile", profile(p.Profile, name, repeat))
	}
	var r rig.Result
	foreign, err := server.Measure(ctx, p.Pinned, &r, args...)
	if err != nil {
		r.Error = err.Error()
	}
	r.Case, r.Foreign = name, foreign
	return r
}

// profile returns the file of a run's profile.
func profile(folder, name string, repeat int) string {
	return filepath.Join(folder, fmt.Sprintf("%s.%d.pprof", strings.ReplaceAll(name, "/", "."), repeat))
}
