package cases

import (
	"context"
	"time"

	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
)

// slow are links that are slow and whole.
func slow() []Case {
	var cases []Case
	for name, s := range map[string]tools.Slow{
		"300 ± 50 ms latency": {Latency: 300 * time.Millisecond, Jitter: 50 * time.Millisecond},
		"50 kB/s":             {Rate: 50_000},
		"3-byte slices":       {Slice: 3},
	} {
		cases = append(cases, Case{Fault: 14, Name: name, Run: func(ctx context.Context, t *trial.Trial) error {
			s.Seed = t.Seed
			addr, stop, err := s.Listen(ctx, t.Addr)
			if err != nil {
				return err
			}
			t.Defer(stop)
			return steady(ctx, t, "http://"+addr)
		}})
	}
	return cases
}

// steady expects no reconnect in 20 s.
func steady(ctx context.Context, t *trial.Trial, base string) error {
	f, err := t.Begin(ctx, base, nil)
	if err != nil {
		return err
	}
	fault := t.Fault()
	const watched = 20 * time.Second
	t.Pass(ctx, watched)
	fault.Pauses(2 * time.Second)
	t.Checkf(f.Tries(t.Transport) == 1, "%d tries in %v", f.Tries(t.Transport), watched)
	return nil
}
