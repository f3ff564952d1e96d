package campaign

import (
	"slices"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
)

// The groups of jobs beside those of throughput.
const (
	TwoCores = "twocore"
	Singles  = "latency"
	Bursts   = "bursts"
	Flooded  = "flooded"
	Idle     = "idle"
	Growth   = "growth"
	Polling  = "polling"
)

// Groups are all groups in the order in which they are shown.
func Groups() []string {
	return []string{rivals.WS, rivals.Peers, rivals.SSE, TwoCores, Singles, Bursts, Flooded, Idle, Growth, Polling}
}

// Of the plan.
const (
	burst     = 100
	hundred   = 100
	flood     = 50_000 // events a second
	thousand  = 1_000
	tenfold   = 10
	many      = 10_000 // connections
	lateFor   = 2 * time.Second
	pollFor   = time.Second
	streamFor = 300 * time.Millisecond
)

// Plan returns all jobs. quick is with fewer repeats, shorter, and without what takes
// long.
func Plan(quick bool) []rig.Job {
	repeats, late := 7, lateFor
	if quick {
		repeats, late = 1, lateFor/4
	}
	less := max(1, repeats/2) // of what takes longer
	var jobs []rig.Job
	add := func(j rig.Job, cases ...string) {
		for _, j.Case = range cases {
			jobs = append(jobs, j)
		}
	}
	for _, c := range rivals.All() {
		if c.Group != "" {
			add(rig.Job{Group: c.Group, Measure: rig.Throughput, For: streamFor, Repeats: repeats}, c.Name)
		}
	}
	add(rig.Job{Group: TwoCores, Measure: rig.Throughput, For: streamFor, Repeats: repeats, Free: true},
		rivals.Typed, rivals.Inline, rivals.Tuned, rivals.Usual, "nats.go/decoder", "nats.go/json")
	compared := []string{rivals.Typed, rivals.Tuned, rivals.Usual, "gorilla/json", "nats.go/decoder", "nats.go/json", rivals.TypedSSE, rivals.Bare}
	add(rig.Job{Group: Singles, Measure: rig.Latency, X: 1, For: late, Repeats: less}, compared...)
	add(rig.Job{Group: Bursts, Measure: rig.Latency, X: burst, For: late, Repeats: less}, compared...)
	for _, x := range []int{0, flood} {
		add(rig.Job{Group: Flooded, Measure: rig.Flooded, X: x, For: late, Repeats: less}, rivals.Flood)
	}
	for x := 1; x <= thousand; x *= tenfold {
		add(rig.Job{Group: Growth, Measure: rig.Throughput, X: x, For: streamFor, Repeats: less}, rivals.ManyHandlers)
		add(rig.Job{Group: Growth, Measure: rig.Throughput, X: tenfold * x, For: streamFor, Repeats: less}, rivals.ManyTips, rivals.TunedTips)
	}
	most, idle := hundred, []string{rivals.IdleOurs}
	if !quick {
		most, idle = thousand, rivals.Idle()
	}
	add(rig.Job{Group: Idle, Measure: rig.Idle, X: thousand, Repeats: 1}, idle...)
	if !quick {
		add(rig.Job{Group: Idle, Measure: rig.Idle, X: many, Repeats: 1}, rivals.Idle()...)
	}
	for x := 1; x <= most; x *= tenfold {
		add(rig.Job{Group: Growth, Measure: rig.Managers, X: x, For: streamFor, Repeats: min(less, 2)}, rivals.ManyManagers)
	}
	add(rig.Job{Group: Polling, Measure: rig.Polling, For: pollFor, Repeats: less}, rivals.Polls, rivals.PlainPoll)
	return jobs
}

// Select returns the jobs that only names, all if it is empty: of each of its parts,
// which commas divide, those of the group of that name, or, if there is no such group,
// those of cases that have it in their name; of group:name those of the group that
// have the name in theirs.
func Select(jobs []rig.Job, only string) []rig.Job {
	if only == "" {
		return jobs
	}
	named := func(j rig.Job) bool {
		for part := range strings.SplitSeq(only, ",") {
			group, name, both := strings.Cut(part, ":")
			switch {
			case both && j.Group == group && strings.Contains(j.Case, name),
				!both && j.Group == part,
				!both && !slices.Contains(Groups(), part) && strings.Contains(j.Case, part):
				return true
			}
		}
		return false
	}
	return slices.DeleteFunc(slices.Clone(jobs), func(j rig.Job) bool { return !named(j) })
}
