package rig

import (
	"context"
	"fmt"
	"time"

	"github.com/adic/adic-go/internal/bench/meter"
	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// A Run says what is measured, and for how long.
type Run struct {
	Orders  string        // where the server takes them
	Case    string        // its name
	For     time.Duration // one stream, about
	Profile string        // a file for the CPU profile of the measured stream; "": none
}

// A Result is one measured run.
type Result struct {
	Case    string     `json:"case"`
	Events  int        `json:"events,omitempty"`
	Cost    meter.Cost `json:"cost"`
	Error   string     `json:"error,omitempty"`
	Foreign float64    `json:"foreign"` // CPUs that others used meanwhile; the driver's
}

// Throughput connects the client of a case and measures what an event costs it
// when they come as fast as it takes them: two streams to warm up, of which the
// second also tells how long the third has to be.
func Throughput(ctx context.Context, r Run) (Result, error) {
	result := Result{Case: r.Case}
	c, ok := rivals.Find(r.Case)
	if !ok {
		return result, fmt.Errorf("there is no case %s", r.Case)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	control, err := Dial(ctx, r.Orders)
	if err != nil {
		return result, err
	}
	defer control.Close()
	target, err := control.Open(c.Form, 0)
	if err != nil {
		return result, err
	}
	var tally traffic.Tally
	client, err := c.Connect(ctx, target, &tally)
	if err != nil {
		return result, err
	}
	defer client.Close()
	s := &streams{control, c, client, &tally}

	const first = 10 * traffic.BlockLen
	if _, err := s.stream(ctx, first, ""); err != nil {
		return result, err
	}
	warm, err := s.stream(ctx, 4*first, "")
	if err != nil {
		return result, err
	}
	result.Events = events(c, r.For, warm.Wall)
	result.Cost, err = s.stream(ctx, result.Events, r.Profile)
	return result, err
}
