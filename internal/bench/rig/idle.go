package rig

import (
	"context"
	"errors"
	"os"
	"runtime/pprof"
	"sync"
	"time"

	"github.com/adic/adic-go/internal/bench/meter"
	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// settle is how long connections are left alone before they are measured: they get
// all regular events of an idle node once.
const settle = 7 * time.Second

// idle measures what connections hold that do nothing, less what one holds, and
// what they compute. The server sends what an idle node does: tips every 3 s, a count
// every 6 s.
func (b *bench) idle(ctx context.Context) (map[string]float64, error) {
	if _, err := b.control.Do(source.Order{Beats: true}); err != nil {
		return nil, err
	}
	var clients clients
	defer clients.close()
	if err := b.connect(ctx, &clients, 1); err != nil {
		return nil, err
	}
	if err := pause(ctx, settle/2); err != nil {
		return nil, err
	}
	one := meter.Held()
	if err := b.connect(ctx, &clients, b.X-1); err != nil {
		return nil, err
	}
	if err := calm(ctx); err != nil { // what follows the opening
		return nil, err
	}
	_ = clients.check() // what happened meanwhile is not of idle connections
	before := meter.Read()
	if err := pause(ctx, settle); err != nil {
		return nil, err
	}
	after := meter.Read()
	all := meter.Held()
	if err := b.heap(); err != nil {
		return nil, err
	}
	n := float64(b.X - 1)
	const kib = 1024
	seconds := after.At.Sub(before.At).Seconds()
	return map[string]float64{
		RSS: float64(all.RSS-one.RSS) / n / kib, Heap: float64(all.Heap-one.Heap) / n / kib,
		Stack: float64(all.Stack-one.Stack) / n / kib, Goroutines: float64(all.Goroutines-one.Goroutines) / n,
		Chores: float64((after.CPU - before.CPU).Microseconds()) / float64(b.X) / seconds,
	}, clients.check()
}

// heap writes a profile of what is held, if one is wanted.
func (b *bench) heap() error {
	if b.profile == "" {
		return nil
	}
	f, err := os.Create(b.profile)
	if err != nil {
		return err
	}
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}

// calm waits until the process computes little, but not for ever.
func calm(ctx context.Context) error {
	const (
		window = time.Second
		little = 300 * time.Millisecond // of each window
		most   = 45                     // windows
	)
	for range most {
		before := meter.CPU()
		if err := pause(ctx, window); err != nil {
			return err
		}
		if meter.CPU()-before < little {
			return nil
		}
	}
	return nil
}

// connect opens n more connections, some at a time.
func (b *bench) connect(ctx context.Context, all *clients, n int) error {
	const atATime = 16
	var wg sync.WaitGroup
	var (
		mu   sync.Mutex
		errs []error
	)
	for worker := range atATime {
		wg.Go(func() {
			for i := worker; i < n; i += atATime {
				t := b.target
				t.HTTP = b.hosts[i%len(b.hosts)]
				tally := new(traffic.Tally)
				tally.Expect(0)
				c, err := b.kind.Connect(ctx, t, tally)
				if err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
				all.add(c)
			}
		})
	}
	wg.Wait()
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// clients are many.
type clients struct {
	mu   sync.Mutex
	list []*rivals.Client
}

func (c *clients) add(one *rivals.Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, one)
}

// close closes them all, some at a time.
func (c *clients) close() {
	var wg sync.WaitGroup
	for _, one := range c.list {
		wg.Go(one.Close)
	}
	wg.Wait()
}

// check returns what was wrong with any of them.
func (c *clients) check() error {
	for _, one := range c.list {
		if one.Check != nil {
			if err := one.Check(0); err != nil {
				return err
			}
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errors.New("no time is left")
	}
}
