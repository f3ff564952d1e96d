package fallback

import (
	"fmt"
	"slices"
	"time"
)

// What the zero Policy means.
const (
	defaultMinDelay      = time.Second
	defaultMaxDelay      = 60 * time.Second
	defaultStable        = 30 * time.Second
	defaultMaxRetryAfter = 10 * time.Minute
	defaultPromote       = 60 * time.Second
)

// A Policy tunes a Ladder. The zero Policy is the documented default of each
// field. It is a value: a Ladder keeps no reference to it.
type Policy struct {
	// Order lists the transports, the best first. Nil or empty means WebSocket,
	// SSE, Polling. A transport that is not in it is never tried, which is how
	// one is switched off.
	Order []Transport

	// MinDelay is the ceiling of the first wait; it doubles from wait to wait.
	// 0 means 1 s, or MaxDelay if that is less.
	MinDelay time.Duration

	// MaxDelay is the ceiling of every wait, and is never exceeded unless a
	// server asks for it by Retry-After. 0 means 60 s.
	MaxDelay time.Duration

	// Stable is how long signs of life must have come, measured from the
	// connect, before a connection counts as good where there is no better
	// proof. The Ladder does not measure it; whoever watches the connection does.
	// 0 means 30 s.
	Stable time.Duration

	// MaxRetryAfter caps a server's Retry-After. 0 means 10 min; a negative
	// value means that Retry-After is ignored.
	MaxRetryAfter time.Duration

	// Promote is the longest pause between two tries of a better transport while
	// a lower one delivers. 0 means 60 s; a negative value means that no better
	// transport is tried until the lower one fails.
	Promote time.Duration
}

// WithDefaults returns p with each zero field replaced by what it means. Order is
// a copy.
func (p Policy) WithDefaults() Policy {
	if len(p.Order) == 0 {
		p.Order = transports[:]
	}
	p.Order = slices.Clone(p.Order)
	unset := p.MinDelay == 0
	for _, field := range []struct {
		value *time.Duration
		zero  time.Duration
	}{
		{&p.MinDelay, defaultMinDelay},
		{&p.MaxDelay, defaultMaxDelay},
		{&p.Stable, defaultStable},
		{&p.MaxRetryAfter, defaultMaxRetryAfter},
		{&p.Promote, defaultPromote},
	} {
		if *field.value == 0 {
			*field.value = field.zero
		}
	}
	if unset {
		p.MinDelay = min(p.MinDelay, p.MaxDelay)
	}
	return p
}

// Validate returns one error for each mistake in p, nil if there is none. Each
// names the field and what it may hold.
func (p Policy) Validate() []error {
	var errs []error
	mistake := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("fallback: "+format, args...))
	}
	for i, t := range p.Order {
		if t == None || t > Polling {
			mistake("Order[%d]: %s (%d): want one of %s", i, t, uint8(t), allowed)
		} else if first := slices.Index(p.Order, t); first < i {
			mistake("Order[%d]: %s: is Order[%d] already; each of %s may be there once", i, t, first, allowed)
		}
	}
	d := p.WithDefaults()
	if p.MinDelay < 0 {
		mistake("MinDelay: %s: want 0 (%s) or more", p.MinDelay, defaultMinDelay)
	}
	if p.MaxDelay < 0 {
		mistake("MaxDelay: %s: want 0 (%s) or more", p.MaxDelay, defaultMaxDelay)
	}
	if p.MinDelay >= 0 && p.MaxDelay >= 0 && d.MinDelay > d.MaxDelay {
		mistake("MinDelay: %s: want MaxDelay (%s) or less", d.MinDelay, d.MaxDelay)
	}
	if p.Stable < 0 {
		mistake("Stable: %s: want 0 (%s) or more", p.Stable, defaultStable)
	}
	return errs
}

// Has reports whether t is among the transports that p tries.
func (p Policy) Has(t Transport) bool {
	if len(p.Order) == 0 {
		return slices.Contains(transports[:], t)
	}
	return t != None && slices.Contains(p.Order, t)
}

// usable returns p with defaults in place of zeros and of mistakes, so that a
// Ladder works with whatever it is given.
func (p Policy) usable() Policy {
	order := make([]Transport, 0, len(transports))
	for _, t := range p.Order {
		if t != None && t <= Polling && !slices.Contains(order, t) {
			order = append(order, t)
		}
	}
	p.Order = order
	p.MinDelay, p.MaxDelay, p.Stable = max(p.MinDelay, 0), max(p.MaxDelay, 0), max(p.Stable, 0)
	p = p.WithDefaults()
	p.MinDelay = min(p.MinDelay, p.MaxDelay)
	return p
}
