package client

import (
	"sync"
	"time"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A crew runs the concurrent handlers of one type: as many events at a time as they
// allow, those of one message one after the other. Safe for concurrent use.
type crew struct {
	mu   sync.Mutex
	free sync.Cond           // there may be room
	busy int                 // events that are with it
	last map[string][]func() // what waits for an event of the same message; nil while nothing does
}

func newCrew() *crew {
	c := &crew{last: make(map[string][]func())}
	c.free.L = &c.mu
	return c
}

// do has work done for the message id, "" for none, when fewer than n events are with
// the crew, which do waits for.
func (c *crew) do(id string, n int, work func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.busy >= n {
		c.free.Wait()
	}
	c.busy++
	if id == "" {
		go c.work(id, work)
		return
	}
	if waits, before := c.last[id]; before {
		c.last[id] = append(waits, work)
		return
	}
	c.last[id] = nil
	go c.work(id, work)
}

// work does the work, and then what waits for it, also if it ends the goroutine.
func (c *crew) work(id string, work func()) {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.busy--
		c.free.Signal()
		if waits := c.last[id]; len(waits) > 0 {
			c.last[id] = waits[1:]
			go c.work(id, waits[0])
			return
		}
		delete(c.last, id)
	}()
	work()
}

// concurrency returns how many events of a kind may be with concurrent handlers at a
// time, 0 if there are none.
func (d *dispatcher) concurrency(of *kind) (n int) {
	for _, k := range d.m.consumers.all() {
		if limit := k.mux.Concurrency(of.name); limit > 0 && (n == 0 || limit < n) && k.takes(of) {
			n = limit
		}
	}
	return n
}

// concurrently hands an event to the handlers that want them one at a time, and
// then, beside what comes after it, to the others.
func (d *dispatcher) concurrently(e *entry, n int) {
	began, own := time.Now(), *e
	d.m.queue.lend(&own)
	defer func() { // also if one of the ordered handlers ends the goroutine
		ordered := time.Since(began)
		d.crew(own.of.name).do(about(&own), n, func() { d.beside(&own, ordered) })
		d.at = time.Since(d.base)
	}()
	d.each(own.of, func(mux *handlers.Mux) error { return mux.DispatchOrdered(d.ctx, own.env) })
}

// about returns the message that an event is about, "" for none. Events that are no
// facts have one, too.
func about(e *entry) string {
	if e.id != "" {
		return e.id
	}
	id, _ := wire.MessageID(e.env.Data)
	return id
}

// beside runs the concurrent handlers of an event. The ordered ones took so long.
func (d *dispatcher) beside(e *entry, ordered time.Duration) {
	if !d.m.queue.works(e) {
		return
	}
	began, finished := time.Now(), false
	defer func() {
		if !finished {
			d.ended()
		}
		d.brings(e, ordered+time.Since(began))
	}()
	d.each(e.of, func(mux *handlers.Mux) error { return mux.DispatchConcurrent(d.ctx, e.env) })
	finished = true
}

// brings follows the return of an event's concurrent handlers.
func (d *dispatcher) brings(e *entry, took time.Duration) {
	d.m.counters.Handled(e.env.Type, took)
	d.returned(e, took)
	if e.id != "" && e.fact == repair.Added {
		d.m.queue.requeue(e.id)
	}
	d.m.queue.returned(e)
}

// crew returns the crew of a type.
func (d *dispatcher) crew(t events.Type) *crew {
	c := d.crews[t]
	if c == nil {
		c = newCrew()
		if d.crews == nil {
			d.crews = make(map[events.Type]*crew)
		}
		d.crews[t] = c
	}
	return c
}

// requeue moves the finalization that waited for a message to the backlog.
func (q *queue) requeue(id string) {
	if q.holds() {
		q.freed(func(held string) bool { return held != id })
	}
}
