package client

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// A consumer wants some events, and has the handlers for them.
type consumer struct {
	want subscription.Subscription
	bits uint64 // of the kinds that want selects
	mux  *handlers.Mux
	gone atomic.Bool // removed: it gets nothing any more, whoever has it in an older list

	handled atomic.Pointer[handled]
}

// handled are the bits of the kinds that a version of a mux has handlers for.
type handled struct{ version, bits uint64 }

// handles reports whether k has a handler for events of the kind.
func (k *consumer) handles(of *kind) bool {
	if of.bit == 0 {
		return k.mux.Handles(of.name)
	}
	now := k.handled.Load()
	if v := k.mux.Version(); now == nil || now.version != v {
		now = &handled{version: v}
		for _, of := range kinds {
			if k.mux.Handles(of.name) {
				now.bits |= of.bit
			}
		}
		k.handled.Store(now)
	}
	return now.bits&of.bit != 0
}

// takes reports whether events of the kind go to k.
func (k *consumer) takes(of *kind) bool {
	if of.bit == 0 {
		return k.want.Match(of.name)
	}
	return k.bits&of.bit != 0
}

// consumers is the list of who gets the events. Reading takes no lock: the list
// is replaced whole. The zero value is empty and ready to use.
type consumers struct {
	mu   sync.Mutex // held by writers
	list atomic.Pointer[[]*consumer]
}

func (c *consumers) all() []*consumer {
	if list := c.list.Load(); list != nil {
		return *list
	}
	return nil
}

// add appends k and returns a function that removes it again, once.
func (c *consumers) add(k *consumer) (remove func()) {
	for _, of := range kinds {
		if k.want.Match(of.name) {
			k.bits |= of.bit
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list := append(slices.Clone(c.all()), k)
	c.list.Store(&list)
	return sync.OnceFunc(func() {
		k.gone.Store(true)
		c.mu.Lock()
		defer c.mu.Unlock()
		list := slices.DeleteFunc(slices.Clone(c.all()), func(have *consumer) bool { return have == k })
		c.list.Store(&list)
	})
}

// wants reports whether anybody takes events of the kind and has a handler for
// them.
func (c *consumers) wants(of *kind) bool {
	for _, k := range c.all() {
		if k.takes(of) && !k.gone.Load() && k.handles(of) {
			return true
		}
	}
	return false
}

// match reports whether any consumer wants t, and handles it.
func (c *consumers) match(t events.Type) bool { return c.wants(kindOf(t)) }

// handled returns those of the types that REST can make up for which somebody takes,
// and has a handler for.
func (c *consumers) handled() []events.Type {
	types := []events.Type{} // nil would be all
	for _, of := range repairable {
		if c.wants(of) {
			types = append(types, of.name)
		}
	}
	return types
}

// wanted returns what the consumers want together; nil means everything.
func (c *consumers) wanted() []events.Type { return c.types(false) }

// types returns what the consumers want together, and the types that carry the
// beats if they are to be asked for. Nil means everything.
func (c *consumers) types(witnesses bool) []events.Type {
	list := c.all()
	subs := make([]subscription.Subscription, 0, len(list)+1)
	for _, k := range list {
		subs = append(subs, k.want)
	}
	if witnesses {
		subs = append(subs, subscription.To(wire.Witnesses()...))
	}
	return subscription.Union(subs...)
}

// families returns the families that are wanted of the types on a lane.
func (c *consumers) families(lane events.Priority) (list []events.Family) {
	for _, f := range []events.Family{events.Notice, events.Fact, events.State} {
		if c.family(lane, f) {
			list = append(list, f)
		}
	}
	return list
}

// family reports whether anything of a family is wanted that travels on a lane.
func (c *consumers) family(lane events.Priority, f events.Family) bool {
	is := func(t events.Type) bool { return t.Family() == f && (lane == events.AnyPriority || t.Lane() == lane) }
	for _, k := range c.all() {
		wants := func(t events.Type) bool { return is(t) && k.want.Match(t) }
		// A subscription may name types that are not in the catalogue.
		if slices.ContainsFunc(events.Types(), wants) || slices.ContainsFunc(k.want.Types, wants) {
			return true
		}
	}
	return false
}

// covers reports whether all of the types in wanted are in asked, where nil is
// every type.
func covers(asked, wanted []events.Type) bool {
	if asked == nil || wanted == nil {
		return asked == nil
	}
	return !slices.ContainsFunc(wanted, func(t events.Type) bool { return !slices.Contains(asked, t) })
}

// Subscribe adds a consumer: events that sub selects are handed to mux from now
// on, after the handlers of New's mux, until cancel is called. All consumers
// share one connection; the server is asked for what they want together.
// cancel may be called more than once, from anywhere; a handler that is running
// when it is called still finishes, and no other is called.
//
// Subscribe may be called before and during Run, also from a handler. The error
// is a *ConfigError that names every mistake in sub and mux, or ErrClosed after
// Run.
func (m *ConnectionManager) Subscribe(sub subscription.Subscription, mux *handlers.Mux) (cancel func(), err error) {
	mistakes := sub.Validate(m.opts.AllowUnknownTypes)
	if mux == nil {
		mistakes = append(mistakes, errors.New("mux is nil; want the handlers of the subscription"))
	}
	if mistakes = append(mistakes, mistakesOf(mux)...); len(mistakes) > 0 {
		return nil, &ConfigError{Mistakes: mistakes}
	}
	if m.machine.now.Load().To == Closed {
		return nil, ErrClosed
	}
	remove := m.consumers.add(&consumer{want: clone(sub), mux: mux})
	m.wants()
	m.begins(sub)
	return func() { remove(); m.wants() }, nil
}

// begins has the states read again that a new consumer wants: those before it have
// them, and no other may come for long.
func (m *ConnectionManager) begins(sub subscription.Subscription) {
	for _, t := range events.Types() {
		if t.Family() == events.State && sub.Match(t) {
			m.loop.Due(t)
		}
	}
}

// wants tells all that is concerned that the consumers want something else.
func (m *ConnectionManager) wants() {
	m.widen()
	if c := m.current.Load(); c != nil {
		if c.stream.Transport() == fallback.Polling {
			m.polls()
		}
		m.repairs(c)
	}
}

// mistakesOf returns what was recorded in registering handlers, one by one.
func mistakesOf(mux *handlers.Mux) []error {
	err := mux.Err()
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// clone returns a subscription that shares nothing with the caller's.
func clone(s subscription.Subscription) subscription.Subscription {
	return subscription.Subscription{Types: slices.Clone(s.Types), Priorities: slices.Clone(s.Priorities)}
}
