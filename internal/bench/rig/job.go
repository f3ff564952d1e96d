package rig

import (
	"context"
	"fmt"
	"time"

	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
)

// A Job is one case, measured in one way.
type Job struct {
	Group   string        `json:"group"`          // the table that it is in
	Case    string        `json:"case"`           // of rivals
	Measure string        `json:"measure"`        // one of the names below
	X       int           `json:"x,omitempty"`    // what the measure is taken at: a burst, connections, tips
	For     time.Duration `json:"for"`            // how long, about
	Free    bool          `json:"free,omitempty"` // not on a CPU of its own
	Repeats int           `json:"repeats"`        // how often
}

// The measures.
const (
	Throughput = "throughput" // what an event costs when they come as fast as they are taken
	Latency    = "latency"    // how late events are that come at a pace, X at once
	Flooded    = "flooded"    // the same beside a flood of low priority, X events a second
	Idle       = "idle"       // what X connections cost that do nothing
	Managers   = "managers"   // throughput of X connections together
	Polling    = "polling"    // what a request costs
)

// The figures.
const (
	CPU        = "cpu_ns"     // per event
	Wall       = "wall_ns"    // per event
	Allocs     = "allocs"     // per event
	Bytes      = "bytes"      // allocated per event
	P50        = "p50_us"     // latency
	P99        = "p99_us"     // latency
	P999       = "p999_us"    // latency
	RSS        = "rss_kib"    // per connection
	Heap       = "heap_kib"   // in use per connection
	Stack      = "stack_kib"  // in use per connection
	Goroutines = "goroutines" // per connection
	Chores     = "chores_us"  // CPU per connection and second
	Requests   = "requests"   // of one round of polling
	PerRequest = "request_us" // CPU
)

// An Outcome is one run of a job.
type Outcome struct {
	Job

	Figures map[string]float64 `json:"figures,omitempty"`
	Error   string             `json:"error,omitempty"`
	Foreign float64            `json:"foreign"` // CPUs that others used meanwhile; the driver's
}

// patience is how long a stream may take that should take less than a second.
const patience = 15 * time.Second

// A bench is one run.
type bench struct {
	Job

	control *Control
	kind    rivals.Case
	target  rivals.Target
	block   int      // events that are sent at once
	hosts   []string // by which the server is reached
	profile string   // a file; "": none
}

// Do makes one run of a job, against the server that takes its orders at orders.
// profile names a file for the CPU profile of the measured stream; "": none.
func Do(ctx context.Context, j Job, orders, profile string) (map[string]float64, error) {
	const longest = 3 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	kind, ok := rivals.Find(j.Case)
	if !ok {
		return nil, fmt.Errorf("there is no case %s", j.Case)
	}
	control, err := Dial(ctx, orders)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	order := source.Order{Open: kind.Form}
	if kind.Tips {
		order.Tips = j.X
	}
	a, err := control.Do(order)
	if err != nil {
		return nil, err
	}
	b := &bench{
		Job: j, control: control, kind: kind, block: a.Block, hosts: a.Hosts, profile: profile,
		target: rivals.Target{HTTP: a.HTTP, NATS: a.NATS, Session: a.Session, X: j.X},
	}
	switch j.Measure {
	case Throughput:
		return b.throughput(ctx)
	case Latency, Flooded:
		return b.latency(ctx)
	case Idle:
		return b.idle(ctx)
	case Managers:
		return b.managers(ctx)
	case Polling:
		return b.polling(ctx)
	default:
		return nil, fmt.Errorf("there is no measure %q", j.Measure)
	}
}
