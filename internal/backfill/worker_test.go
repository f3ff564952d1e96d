package backfill

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// working runs fn with a worker whose function counts its calls and returns what next
// says.
func working(t *testing.T, fn func(t *testing.T, w *worker, calls *atomic.Int64, next *atomic.Pointer[time.Time], end func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := &worker{ended: make(chan struct{})}
		var calls atomic.Int64
		var next atomic.Pointer[time.Time]
		next.Store(new(time.Time))
		w.start(ctx, func(context.Context) time.Time {
			calls.Add(1)
			time.Sleep(time.Second)
			return *next.Load()
		})
		fn(t, w, &calls, &next, cancel)
		cancel()
		<-w.ended
	})
}

func TestWorkerHasAGoroutineOnlyWhileItWorks(t *testing.T) {
	working(t, func(t *testing.T, w *worker, calls *atomic.Int64, _ *atomic.Pointer[time.Time], _ func()) {
		assert.True(t, w.works())
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.False(t, w.works())
		assert.Equal(t, int64(1), calls.Load(), "at the start, and never without a cause")
		w.ring()
		synctest.Wait()
		assert.True(t, w.works())
		time.Sleep(time.Hour)
		assert.Equal(t, int64(2), calls.Load())
	})
}

// What rings while it works is not forgotten, and is one call.
func TestWorkerIsRungWhileItWorks(t *testing.T) {
	working(t, func(t *testing.T, w *worker, calls *atomic.Int64, _ *atomic.Pointer[time.Time], _ func()) {
		synctest.Wait()
		for range 10 {
			w.ring()
		}
		time.Sleep(time.Hour)
		assert.Equal(t, int64(2), calls.Load())
	})
}

func TestWorkerWorksWhenTheTimeHasCome(t *testing.T) {
	working(t, func(t *testing.T, w *worker, calls *atomic.Int64, next *atomic.Pointer[time.Time], _ func()) {
		at := time.Now().Add(time.Minute)
		next.Store(&at)
		time.Sleep(59 * time.Second)
		synctest.Wait()
		assert.Equal(t, int64(1), calls.Load())
		next.Store(new(time.Time))
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Equal(t, int64(2), calls.Load())
		time.Sleep(time.Hour)
		assert.Equal(t, int64(2), calls.Load(), "a zero time is never")
	})
}

// What is due already is done at once, on the same goroutine.
func TestWorkerGoesOn(t *testing.T) {
	working(t, func(t *testing.T, w *worker, calls *atomic.Int64, next *atomic.Pointer[time.Time], _ func()) {
		at := time.Now()
		next.Store(&at)
		time.Sleep(10*time.Second + time.Millisecond)
		assert.Equal(t, int64(11), calls.Load())
	})
}

func TestWorkerEndsWithItsContext(t *testing.T) {
	working(t, func(t *testing.T, w *worker, calls *atomic.Int64, _ *atomic.Pointer[time.Time], end func()) {
		time.Sleep(time.Hour)
		end()
		<-w.ended
		w.ring()
		time.Sleep(time.Hour)
		assert.Equal(t, int64(1), calls.Load(), "not for the end, nor after it")
	})
}

// One that is told something before its start does it then, once.
func TestWorkerIsRungBeforeItsStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := &worker{ended: make(chan struct{})}
		w.ring()
		var calls atomic.Int64
		w.start(ctx, func(context.Context) time.Time { calls.Add(1); return time.Time{} })
		time.Sleep(time.Hour)
		assert.Equal(t, int64(1), calls.Load())
		cancel()
		<-w.ended
	})
}

func BenchmarkRing(b *testing.B) {
	l := &Loop{worker: worker{ended: make(chan struct{})}}
	l.in.mode = Stream
	b.ReportAllocs()
	for b.Loop() {
		l.Sign()
	}
}
