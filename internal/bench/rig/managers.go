package rig

import (
	"context"
	"runtime"

	"github.com/adic/adic-go/internal/bench/meter"
	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// managers measures what an event costs when the same stream comes on X connections,
// each with a client of its own.
func (b *bench) managers(ctx context.Context) (map[string]float64, error) {
	tallies := make([]*traffic.Tally, b.X)
	list := make([]*rivals.Client, 0, b.X)
	defer func() {
		for _, c := range list {
			c.Close()
		}
	}()
	for i := range tallies {
		t := b.target
		t.HTTP = b.hosts[i%len(b.hosts)]
		tallies[i] = new(traffic.Tally)
		c, err := b.kind.Connect(ctx, t, tallies[i])
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if _, err := b.together(ctx, b.block, list, tallies); err != nil {
		return nil, err
	}
	warm, err := b.together(ctx, b.block, list, tallies)
	if err != nil {
		return nil, err
	}
	cost, err := b.together(ctx, max(b.events(warm.Wall*float64(b.X)), 2*b.block), list, tallies)
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
			return c, err
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
