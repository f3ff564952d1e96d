package rig

import (
	"context"

	"github.com/adic/adic-go/internal/bench/meter"
	"github.com/adic/adic-go/internal/bench/source"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// polling measures what a request costs the client, with all that is done with its
// answer. The client polls again and again by itself.
func (b *bench) polling(ctx context.Context) (map[string]float64, error) {
	var tally traffic.Tally
	tally.Expect(0)
	client, err := b.kind.Connect(ctx, b.target, &tally)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	if err := pause(ctx, b.For); err != nil {
		return nil, err
	}
	before, err := b.control.Do(source.Order{Stat: true})
	if err != nil {
		return nil, err
	}
	from := meter.Read()
	if err := pause(ctx, b.For); err != nil {
		return nil, err
	}
	to := meter.Read()
	after, err := b.control.Do(source.Order{Stat: true})
	if err != nil {
		return nil, err
	}
	cost := figures(meter.Per(max(1, int(after.Requests-before.Requests)), from, to))
	const micro = 1000
	return map[string]float64{PerRequest: cost[CPU] / micro, Allocs: cost[Allocs], Bytes: cost[Bytes]}, nil
}
