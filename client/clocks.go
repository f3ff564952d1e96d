package client

import (
	"sync/atomic"
	"time"
)

// clocks are the times that Health is judged by: written by the reader, read by
// anyone, without a lock.
type clocks struct {
	base time.Time // has a monotonic reading: a jump of the wall clock ages nothing

	frame, event, wanted, beat, tips, kcore atomic.Int64 // nanoseconds after base, plus one; zero: never
}

// mark sets a clock; the zero time leaves it as it is.
func (c *clocks) mark(clock *atomic.Int64, at time.Time) {
	if at.IsZero() {
		return
	}
	clock.Store(max(int64(at.Sub(c.base)), 0) + 1)
}

func (c *clocks) read(clock *atomic.Int64) time.Time {
	if n := clock.Load(); n > 0 {
		return c.base.Add(time.Duration(n - 1))
	}
	return time.Time{}
}
