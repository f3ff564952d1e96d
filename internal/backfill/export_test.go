package backfill

import (
	"context"
	"sync/atomic"
	"time"
)

// Turns counts the turns of l from now on in n. No turn may be under way.
func Turns(l *Loop, n *atomic.Int64) {
	l.worker.mu.Lock()
	defer l.worker.mu.Unlock()
	work := l.worker.work
	l.worker.work = func(ctx context.Context) time.Time {
		n.Add(1)
		return work(ctx)
	}
}

// Busy reports whether there is a goroutine that takes turns.
func Busy(l *Loop) bool { return l.worker.works() }

func (w *worker) works() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.busy
}
