package backfill

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A worker calls a function when it is told to, or when the time has come that the
// function returned last: on a goroutine that exists only for that. Thousands of
// workers that have nothing to do cost a timer each.
type worker struct {
	rung  atomic.Bool   // it is to be called (again)
	ended chan struct{} // closed when the function will not be called any more

	mu    sync.Mutex // guards what follows
	ctx   context.Context
	work  func(context.Context) (next time.Time)
	busy  bool // there is a goroutine
	timer *time.Timer
}

// start has work called at once, and until ctx ends. It is called once.
func (w *worker) start(ctx context.Context, work func(context.Context) (next time.Time)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ctx, w.work, w.busy = ctx, work, true
	context.AfterFunc(ctx, w.wake)
	go w.run()
}

// ring has the function called, once more if it is at it. It costs one atomic read
// if that is to come anyway.
func (w *worker) ring() {
	if !w.rung.Load() {
		w.rung.Store(true)
		w.wake()
	}
}

// wake begins a goroutine, unless there is one.
func (w *worker) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.work == nil || w.busy {
		return
	}
	w.busy = true
	go w.run()
}

// run calls the function as long as it is to be called at once.
func (w *worker) run() {
	for {
		w.rung.Store(false)
		var next time.Time
		if w.ctx.Err() == nil {
			next = w.work(w.ctx)
		}
		if w.rests(next) {
			return
		}
	}
}

// rests reports whether there is nothing to do before next.
func (w *worker) rests(next time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() != nil {
		w.work = nil // and busy, for ever
		if w.timer != nil {
			w.timer.Stop()
		}
		close(w.ended)
		return true
	}
	if w.rung.Load() {
		return false
	}
	if !next.IsZero() {
		pause := time.Until(next)
		if pause <= 0 {
			return false
		}
		if w.timer == nil {
			w.timer = time.AfterFunc(pause, w.ring)
		} else {
			w.timer.Reset(pause)
		}
	}
	w.busy = false
	return true
}
