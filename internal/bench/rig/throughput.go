package rig

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/adic/adic-go/internal/bench/meter"
	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// throughput connects the client and measures what an event costs it when they come
// as fast as it takes them: two streams to warm up, of which the second also tells
// how long the third has to be.
func (b *bench) throughput(ctx context.Context) (map[string]float64, error) {
	var tally traffic.Tally
	client, err := b.kind.Connect(ctx, b.target, &tally)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	const first = 10
	if _, err := b.stream(ctx, first*b.block, client, &tally, ""); err != nil {
		return nil, err
	}
	warm, err := b.stream(ctx, 4*first*b.block, client, &tally, "")
	if err != nil {
		return nil, err
	}
	cost, err := b.stream(ctx, b.events(warm.Wall), client, &tally, b.profile)
	return figures(cost), err
}

func figures(c meter.Cost) map[string]float64 {
	return map[string]float64{CPU: c.CPU, Wall: c.Wall, Allocs: c.Allocs, Bytes: c.Bytes}
}

// events returns how many events take as long as is wanted at wall nanoseconds each,
// in whole blocks, and within the bytes that the client can hold.
func (b *bench) events(wall float64) int {
	const mean = 300 // bytes of an event, at most
	n := int(float64(b.For) / max(wall, 1))
	if b.kind.Cap > 0 {
		n = min(n, b.kind.Cap/mean)
	}
	return max(n/b.block, 1) * b.block
}

// stream has n events sent, and returns what each cost when all have come.
func (b *bench) stream(ctx context.Context, n int, client *rivals.Client, tally *traffic.Tally, profile string) (c meter.Cost, err error) {
	waits := n
	if b.kind.End {
		waits = 1
	}
	done := tally.Expect(waits)
	runtime.GC()
	if profile != "" {
		stop, err := record(profile)
		if err != nil {
			return c, err
		}
		defer stop()
	}
	from := meter.Read()
	sent, err := b.control.Do(source.Order{Events: n, End: b.kind.End})
	if err != nil {
		return c, err
	}
	if err := b.wait(ctx, done, client); err != nil {
		return c, err
	}
	to := meter.Read()
	if client.Check != nil {
		if err := client.Check(n); err != nil {
			return c, err
		}
	}
	switch {
	case b.kind.End:
	case b.kind.Tips:
		err = tally.Only(traffic.Tips, n)
	default:
		err = tally.Check(sent.First, n)
	}
	return meter.Per(n, from, to), err
}

// wait waits until all has come.
func (b *bench) wait(ctx context.Context, done <-chan struct{}, client *rivals.Client) error {
	timer := time.NewTimer(b.For + patience)
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
	}
	if client.Check != nil {
		if err := client.Check(0); err != nil {
			return err
		}
	}
	return fmt.Errorf("not all events came in %v", patience)
}

// record writes a CPU profile until stop is called.
func record(file string) (stop func(), err error) {
	f, err := os.Create(file) //nolint:gosec // who runs a benchmark names it
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}
