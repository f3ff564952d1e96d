package rig

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/bench/meter"
	"github.com/adic/adic-go/internal/bench/source"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// At which pace events come.
const (
	pace  = 10_000 // a second
	quiet = 1_000  // beside a flood
)

// latency measures how late a handler is called, from just before the server's write.
func (b *bench) latency(ctx context.Context) (map[string]float64, error) {
	var tally traffic.Tally
	client, err := b.kind.Connect(ctx, b.target, &tally)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	order := source.Pace{Rate: pace, Burst: b.X}
	if b.Measure == Flooded {
		order = source.Pace{Rate: quiet, Burst: 1, Flood: b.X}
	}
	const warm = 5
	order.For = b.For / warm
	if err := b.paced(ctx, order, &tally); err != nil {
		return nil, err
	}
	order.For = b.For
	tally.Note(order.Rounds() * order.Burst)
	from := meter.Read()
	if err := b.paced(ctx, order, &tally); err != nil {
		return nil, err
	}
	out := figures(meter.Per(len(tally.Late()), from, meter.Read()))
	late := slices.Sorted(slices.Values(tally.Late()))
	for name, part := range map[string]float64{P50: 0.5, P99: 0.99, P999: 0.999} {
		out[name] = quantile(late, part)
	}
	if client.Check == nil {
		return out, nil
	}
	return out, client.Check(0)
}

// paced has events sent at a pace and waits for the last one.
func (b *bench) paced(ctx context.Context, p source.Pace, tally *traffic.Tally) error {
	n := p.Rounds() * p.Burst
	done := tally.Expect(n)
	if _, err := b.control.Do(source.Order{Pace: &p}); err != nil {
		return err
	}
	select {
	case <-done:
	case <-ctx.Done():
		return errors.New("not all events came")
	}
	return tally.Only(traffic.Added, n)
}

// quantile returns the value, in µs, that a part of the sorted ones does not exceed.
func quantile(sorted []time.Duration, part float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := min(int(part*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[at]) / float64(time.Microsecond)
}
