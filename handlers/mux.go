package handlers

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/adic/adic-go/subscription/events"
)

// A Func handles events of any type. Its error is passed to the caller of
// Dispatch and has no other effect: the event is not sent again.
type Func func(ctx context.Context, env events.Envelope) error

// A Mux is a routing table. The zero Mux is empty and ready to use; a nil *Mux is
// empty for good: what is registered with it is never called. All methods, and
// On, may be called concurrently, also from a handler. A Mux must not be copied
// after first use.
type Mux struct {
	mu    sync.Mutex // held by those who replace the table
	table atomic.Pointer[table]
}

// A table is never changed once a Mux points to it.
type table struct {
	all        []*entry             // in order of registration
	byType     map[events.Type]*row // of types that some handler asked for
	rest       row                  // those of OnAny: for all other types
	concurrent bool                 // some row has a limit
	mistakes   []error
	version    uint64 // how many came before
}

// A row is what the events of one type go through.
type row struct {
	all        chain // of On and OnAny
	ordered    chain // those of all without Concurrent
	concurrent chain // those of all with it
	limit      int   // the least n of Concurrent, 0 if there is none
}

// A chain is what one event goes through at a time.
type chain struct {
	entries []*entry  // in order of registration
	typed   int       // how many are of On: from two on, it is worth decoding once
	memos   sync.Pool // of *memo
}

// An entry is one registration.
type entry struct {
	kind    events.Type // "" for every type
	limit   int         // n of Concurrent, 0 without
	handler handler
	removed atomic.Bool
}

// A handler runs what was registered. memo is nil if nobody else wants env
// decoded.
type handler interface {
	handle(ctx context.Context, env events.Envelope, memo *memo) error
}

// handle makes a Func a handler.
func (f Func) handle(ctx context.Context, env events.Envelope, _ *memo) error { return f(ctx, env) }

// OnAny registers fn for every event, also of types that the SDK does not know,
// and for gaps, and returns a function that removes it again; calling that again
// does nothing. A nil fn is a mistake, see Err.
func (m *Mux) OnAny(fn Func) (remove func()) {
	if fn == nil {
		return m.mistake(errors.New("handlers: OnAny: fn is nil: want a function"))
	}
	return m.add(&entry{handler: fn})
}

// OnGap registers fn for the notices that events may be missing. It is
// On[events.Gap].
func (m *Mux) OnGap(fn func(context.Context, events.Gap) error) (remove func()) {
	return On(m, fn)
}

// Types returns the types that have a handler of their own, in the order in which
// they were first registered, or nil if a handler wants every event. It is empty
// but not nil if there is nothing to ask for. The gap is left out: it is never
// asked for, it always comes.
func (m *Mux) Types() []events.Type {
	t := m.load()
	if len(t.rest.all.entries) > 0 {
		return nil
	}
	types := make([]events.Type, 0, len(t.byType))
	for _, e := range t.all {
		if e.kind != events.TypeGap && !slices.Contains(types, e.kind) {
			types = append(types, e.kind)
		}
	}
	return types
}

// Handles reports whether Dispatch would call a handler for an event of type t.
func (m *Mux) Handles(t events.Type) bool {
	return len(m.load().row(t).all.entries) > 0
}

// Version returns a number that is another one whenever what Types, Handles,
// Concurrency and Err say may have changed, for who keeps it. It takes no lock. That of
// an empty Mux is 0.
func (m *Mux) Version() uint64 { return m.load().version }

// Err returns the mistakes made in registering, joined, or nil: a nil function, an
// E that is a pointer, an interface, or does not know its Type, or a Concurrent
// that cannot be. A registration that was a mistake handles nothing.
func (m *Mux) Err() error { return errors.Join(m.load().mistakes...) }

// load returns the table of now.
func (m *Mux) load() *table {
	if m != nil {
		if t := m.table.Load(); t != nil {
			return t
		}
	}
	return &empty
}

// empty is the table of a Mux without entries.
var empty table

// add puts e at the end of the table.
func (m *Mux) add(e *entry) (remove func()) {
	m.change(func(t *table) { t.all = append(t.all, e) })
	return func() {
		if !e.removed.Swap(true) {
			m.change(func(t *table) {
				t.all = slices.DeleteFunc(t.all, func(other *entry) bool { return other == e })
			})
		}
	}
}

// mistake records err for Err.
func (m *Mux) mistake(err error) (remove func()) {
	m.change(func(t *table) { t.mistakes = append(t.mistakes, err) })
	return func() {}
}

// change replaces the table by a copy to which edit was applied.
func (m *Mux) change(edit func(*table)) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.load()
	t := &table{all: slices.Clone(old.all), mistakes: slices.Clone(old.mistakes), version: old.version + 1}
	edit(t)
	t.index()
	m.table.Store(t)
}

// index fills the rows of t from the list of its entries.
func (t *table) index() {
	t.byType = map[events.Type]*row{}
	for _, e := range t.all {
		if e.kind != "" {
			t.byType[e.kind] = &row{}
		}
		t.concurrent = t.concurrent || e.limit > 0
	}
	for _, e := range t.all {
		if e.kind != "" {
			t.byType[e.kind].add(e)
			continue
		}
		t.rest.add(e)
		for _, r := range t.byType {
			r.add(e)
		}
	}
}

// add puts e at the end of r.
func (r *row) add(e *entry) {
	r.all.add(e)
	if e.limit == 0 {
		r.ordered.add(e)
		return
	}
	r.concurrent.add(e)
	if r.limit == 0 || e.limit < r.limit {
		r.limit = e.limit
	}
}

// add puts e at the end of c.
func (c *chain) add(e *entry) {
	c.entries = append(c.entries, e)
	if e.kind != "" {
		c.typed++
	}
}

// row returns what an event of type kind goes through.
func (t *table) row(kind events.Type) *row {
	if r, ok := t.byType[kind]; ok {
		return r
	}
	return &t.rest
}
