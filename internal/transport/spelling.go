package transport

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// An ask is one way to name the types that are wanted.
type ask struct {
	types      []events.Type // nil: all
	spelling   wire.Spelling
	remembered bool // the server took it before; it was not tried in this opening
}

// open makes tries with one spelling each, one after the other, until one is not
// refused. It returns what is left to be tried should that be refused later.
//
// A 400 and an Error message before the first event are refusals of the names,
// whatever their text. They come from servers of the guide dialect: a node takes
// every name, and lets those that it does not know match nothing.
func open[S any](ctx context.Context, d *Dialer, t fallback.Transport, asks []ask, try func(context.Context, ask) (S, error)) (s S, left []ask, err error) {
	for i, a := range asks {
		s, err = try(ctx, a)
		if err == nil {
			d.took(t, a)
			return s, asks[i+1:], nil
		}
		if !refusesNames(err) {
			break
		}
	}
	d.forget(t)
	return s, nil, err
}

// asks returns what to try, in order, without what would be the same request
// again. The spelling that the server took last goes first; if it is refused now,
// all are tried, for whoever answers may have become another server.
func (d *Dialer) asks(t fallback.Transport, types []events.Type) []ask {
	d.mu.Lock()
	last, taken := d.spelling[t]
	d.mu.Unlock()
	var asks []ask
	tried := make(map[string]bool)
	add := func(a ask) {
		if query := wire.Query(types, a.spelling); !tried[query] {
			tried[query] = true
			asks = append(asks, a)
		}
	}
	if taken {
		add(ask{types, last, true})
	}
	for s, more := wire.Both, true; more; s, more = s.Next() {
		add(ask{types, s, false})
	}
	return asks
}

// took remembers the spelling of a stream that was opened.
func (d *Dialer) took(t fallback.Transport, a ask) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.spelling[t] = a.spelling
	d.missing = wire.Missing(a.types, a.spelling)
}

// forget drops what is remembered about a server that cannot be reached or
// refuses everything: it may be another one when it is back, and a node asked
// in the guide's spelling would say nothing for ever.
func (d *Dialer) forget(t fallback.Transport) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.spelling, t)
}

// lacks adds to what Missing returns.
func (d *Dialer) lacks(types []events.Type) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range types {
		if !slices.Contains(d.missing, t) {
			d.missing = append(d.missing, t)
		}
	}
}

// refusesNames reports whether err may mean that the server does not like how
// the types are spelled.
func refusesNames(err error) bool {
	var filter *FilterError
	if errors.As(err, &filter) {
		return true
	}
	var status *StatusError
	return errors.As(err, &status) && status.Status == http.StatusBadRequest
}
