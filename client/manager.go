package client

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// A ConnectionManager keeps one event stream of a node open and dispatches what
// it says. Make one with New. All methods may be called concurrently, also from
// handlers; none but Run blocks, unless its doc says so.
type ConnectionManager struct {
	opts      Options // defaulted; never written after New
	counters  *metrics.Counters
	say       *speaker
	nodes     []*node      // New's base first; never written after New
	here      atomic.Int32 // index of the node whose events are handed on; written with life.mu held
	consumers consumers
	queue     *queue
	machine   *machine
	clocks    *clocks
	closing   sync.WaitGroup // streams on their way out, a second at most; nobody waits for them but Run's end
	started   atomic.Bool
	ended     chan struct{}              // closed when Run has returned
	current   atomic.Pointer[connection] // written by the reader
	failure   atomic.Pointer[error]      // of the last attempt or connection; written by the reader

	books    *repair.Books
	loop     *backfill.Loop
	life     life
	figures  atomic.Pointer[repair.Figures] // as of the end of the last pass, or the last finalization that was found
	synced   atomic.Pointer[time.Time]      // since when all is in sync; nil if it is not
	progress broadcast                      // a pass has ended, or what it brought was handled
	telling  sync.Mutex                     // held while the loop and the books are told what is wanted

	intake intake     // the reader's
	away   events.Gap // guarded by life.mu, before Run New's: the time between two runs; no cause: there was none
}

// New returns a manager for the node at base, an http, https, ws or wss URL
// with or without a path prefix, that sends events to mux. Credentials in base
// become basic authentication. A nil mux has no handlers: Subscribe and Events
// need none. Nil opts are the defaults. New does not connect; call Run.
//
// The error is a *ConfigError that names every mistake in base, mux and opts,
// and what is allowed.
func New(base string, mux *handlers.Mux, opts *Options) (*ConnectionManager, error) {
	places, mistakes := opts.places(base)
	o, more := opts.defaulted()
	mistakes = append(mistakes, more...)
	mistakes = append(mistakes, mistakesOf(mux)...)
	if len(mistakes) > 0 {
		return nil, &ConfigError{Mistakes: mistakes}
	}
	m := &ConnectionManager{
		opts:     o.withoutSecrets(),
		counters: o.Metrics,
		say:      &speaker{log: o.Logger},
		queue:    newQueue(o.Lanes),
		machine:  newMachine(),
		clocks:   &clocks{base: time.Now()},
		ended:    make(chan struct{}),
		books:    repair.New(0),
	}
	for _, p := range places {
		m.nodes = append(m.nodes, m.newNode(&o, int32(len(m.nodes)), p))
	}
	m.life.base, m.life.wall, m.life.random = m.clocks.base, time.Now, rand.Float64
	m.queue.ledger.families, m.queue.aging = m.consumers.families, o.Aging
	m.loop = backfill.New(backfill.Config{
		REST: m.nodes[0].dialer.REST(), Books: m.books, Fill: m.fill, Known: o.Known, Note: m.noted,
		Resumed: o.ResumeFrom != "", Phase: rand.Float64(),
	})
	m.books.AskKnown(o.Known != nil)
	m.consumers.add(&consumer{want: o.Subscription, mux: mux})
	if err := m.resume(o.ResumeFrom); err != nil {
		return nil, &ConfigError{Mistakes: []error{err}}
	}
	return m, nil
}

// Run connects, reconnects and dispatches until ctx ends. It blocks, and runs
// once. When it returns, all goroutines and connections of the manager are gone
// (idle connections of a client that was handed in are its owner's; after a
// *DrainError the handler it names still runs), and everything that was
// received has been handled. Handlers get a context that outlives ctx by
// Options.DrainTimeout.
//
// The error is never nil. It is the cause of ctx if ctx ended, a *RefusedError
// if every transport refused the client, a *DrainError around either if a
// handler did not return, or ErrRunning.
func (m *ConnectionManager) Run(ctx context.Context) error {
	if !m.started.CompareAndSwap(false, true) {
		return ErrRunning
	}
	hctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	d := &dispatcher{m: m, ctx: hctx, base: time.Now()}
	m.queue.starts(d.begin)
	run, end := context.WithCancel(ctx)
	m.loop.Start(run)
	err := m.follow(ctx, run)
	end()
	m.life.side.Wait()
	m.loop.Wait()
	m.enter(Change{To: Closed, Err: err})
	err = d.drain(cancel, err)
	m.closing.Wait()
	for _, n := range m.nodes {
		n.dialer.Close()
	}
	close(m.ended)
	return err
}

// Metrics returns the counters of the manager: Options.Metrics, or its own.
func (m *ConnectionManager) Metrics() *metrics.Counters { return m.counters }

// WaitConnected blocks until a stream is usable. It returns at once if one is,
// the cause of ctx if that ends first, and an error that is ErrClosed and wraps
// why Run ended if it did.
func (m *ConnectionManager) WaitConnected(ctx context.Context) error {
	for {
		s := m.machine.now.Load()
		switch s.To {
		case Connected:
			return nil
		case Closed:
			return closedError{s.Err}
		case Idle, Connecting, Waiting:
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// enter changes the state, and tells OnState, the metrics and the log.
func (m *ConnectionManager) enter(c Change) {
	c.At = time.Now()
	if !m.machine.enter(&c) {
		return
	}
	m.counters.Status(c.To.String(), c.Transport)
	m.queue.tell(c)
}
