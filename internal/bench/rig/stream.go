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

// streams are those of one client.
type streams struct {
	control *Control
	kind    rivals.Case
	client  *rivals.Client
	tally   *traffic.Tally
}

// patience is how long a stream may take that should take less than a second.
const patience = 30 * time.Second

// stream has n events sent, and returns what each cost when all have come.
func (s *streams) stream(ctx context.Context, n int, profile string) (meter.Cost, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	waits := n
	if s.kind.End {
		waits = 1
	}
	done := s.tally.Expect(waits)
	runtime.GC()
	if profile != "" {
		stop, err := record(profile)
		if err != nil {
			return meter.Cost{}, err
		}
		defer stop()
	}
	from := meter.Read()
	sent, err := s.control.Do(source.Order{Events: n, End: s.kind.End})
	if err != nil {
		return meter.Cost{}, err
	}
	select {
	case <-done:
	case <-ctx.Done():
		return meter.Cost{}, fmt.Errorf("of %d events not all came in %v: %w", n, patience, s.why(n))
	}
	to := meter.Read()
	if err := s.check(sent.First, n); err != nil {
		return meter.Cost{}, err
	}
	return meter.Per(n, from, to), nil
}

func (s *streams) check(first uint64, n int) error {
	if s.client.Check != nil {
		if err := s.client.Check(n); err != nil {
			return err
		}
	}
	if s.kind.End {
		return nil
	}
	return s.tally.Check(first, n)
}

// why returns what the client knows about events that did not come.
func (s *streams) why(n int) error {
	if s.client.Check == nil {
		return context.DeadlineExceeded
	}
	if err := s.client.Check(n); err != nil {
		return err
	}
	return context.DeadlineExceeded
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

// events returns how many events take about so long at wall nanoseconds each, in
// whole blocks, and within the bytes that the client can hold.
func events(c rivals.Case, long time.Duration, wall float64) int {
	const mean = 300 // bytes of an event, at most
	n := int(float64(long) / max(wall, 1))
	if c.Cap > 0 {
		n = min(n, c.Cap/mean)
	}
	return max(n/traffic.BlockLen, 1) * traffic.BlockLen
}
