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

// A memory is how a server is to be asked next.
type memory struct {
	spelling wire.Spelling
	taken    bool // it has taken this spelling; otherwise it has refused those before it
}

// An opener makes one try with one spelling.
type opener func(context.Context, ask) (Stream, error)

// open tries the spellings one after the other until one is not refused. The
// one that the server took last goes first; if it is refused now, all are tried,
// for whoever answers may have become another server.
//
// A 400 and an Error message before the first event are refusals of the names,
// whatever their text. They come from servers of the guide dialect: a node takes
// every name, and lets those that it does not know match nothing.
func (d *Dialer) open(ctx context.Context, t fallback.Transport, types []events.Type, try opener) (Stream, error) {
	var err error
	for _, a := range d.asks(t, types) {
		var s Stream
		s, err = try(ctx, a)
		if err == nil {
			d.took(t, a)
			return s, nil
		}
		if !refusesNames(err) {
			break
		}
	}
	d.forget(t)
	var filter *FilterError
	if errors.As(err, &filter) {
		filter.Final = true
	}
	return nil, err
}

// asks returns what to try, in order, without what would be the same request
// again.
func (d *Dialer) asks(t fallback.Transport, types []events.Type) []ask {
	d.mu.Lock()
	last, ok := d.spelling[t]
	d.mu.Unlock()
	var asks []ask
	tried := make(map[string]bool)
	add := func(a ask) {
		if query := wire.Query(types, a.spelling); !tried[query] {
			tried[query] = true
			asks = append(asks, a)
		}
	}
	from := wire.Both
	if ok && last.taken {
		add(ask{types, last.spelling, true})
	} else if ok {
		from = last.spelling
	}
	for s, more := from, true; more; s, more = s.Next() {
		add(ask{types, s, false})
	}
	return asks
}

// took remembers the spelling of a stream that was opened.
func (d *Dialer) took(t fallback.Transport, a ask) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.spelling[t] = memory{a.spelling, true}
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

// refused notes that names were refused after the stream was opened. It reports
// whether there is another spelling to ask in.
func (d *Dialer) refused(t fallback.Transport, a ask) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	query := wire.Query(a.types, a.spelling)
	for s, more := a.spelling.Next(); more; s, more = s.Next() {
		if wire.Query(a.types, s) != query {
			d.spelling[t] = memory{s, false}
			return true
		}
	}
	delete(d.spelling, t)
	return false
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
