package rig

import (
	"context"
	"fmt"
	"runtime"

	"github.com/adic/adic-go/internal/bench/meter"
	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// managers measures what an event costs when the same stream comes on X connections,
// each with a client of its own.
func (b *bench) managers(ctx context.Context) (map[string]float64, error) {
	if _, err := b.control.Do(source.Order{Beats: true}); err != nil { // the first wait for the last
		return nil, err
	}
	tallies := make([]*traffic.Tally, b.X)
	var all clients
	defer all.close()
	for i := range tallies {
		t := b.target
		t.HTTP = b.hosts[i%len(b.hosts)]
		tallies[i] = new(traffic.Tally)
		c, err := b.kind.Connect(ctx, t, tallies[i])
		if err != nil {
			return nil, err
		}
		all.add(c)
	}
	warm, err := b.together(ctx, b.block, all.list, tallies)
	if err != nil {
		return nil, err
	}
	cost, err := b.together(ctx, b.events(warm.Wall*float64(b.X)), all.list, tallies)
	return figures(cost), err
}

// together has n events sent on each connection.
func (b *bench) together(ctx context.Context, n int, list []*rivals.Client, tallies []*traffic.Tally) (c meter.Cost, err error) {
	done := make([]<-chan struct{}, len(tallies))
	for i, t := range tallies {
		done[i] = t.Expect(n)
	}
	runtime.GC()
	from := meter.Read()
	sent, err := b.control.Do(source.Order{Events: n, All: true})
	if err != nil {
		return c, err
	}
	for i := range done {
		if err := b.wait(ctx, done[i], list[i]); err != nil {
			return c, fmt.Errorf("client %d of %d: %w; %w", i+1, len(list), err, tallies[i].Check(sent.First, n))
		}
	}
	to := meter.Read()
	for _, t := range tallies {
		if err := t.Check(sent.First, n); err != nil {
			return c, err
		}
	}
	return meter.Per(n*len(list), from, to), nil
}
