package client

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/transport"
)

// MaxEndpoints is how many Options.Endpoints there may be: with New's base that makes
// sixteen nodes.
const MaxEndpoints = 15

// An Endpoint is a further node of the same network, for Options.Endpoints. What is sent
// to one node is never sent to another: each has a header, a token and credentials of its
// own, and those of Options are for New's base alone.
type Endpoint struct {
	URL    string      // as New's base
	Header http.Header // sent with every request to this node; nil: nothing

	// Token and TokenSource are as those of Options, for this node.
	Token       string
	TokenSource func(ctx context.Context) (string, error)
}

// redacted returns e as it may be shown.
func (e Endpoint) redacted() shownEndpoint {
	if u, err := url.Parse(strings.TrimSpace(e.URL)); err != nil {
		e.URL = hidden
	} else if u.User != nil {
		e.URL = u.Redacted()
	}
	e.Header, e.Token = hiddenHeader(e.Header), hiddenToken(e.Token)
	return shownEndpoint(e)
}

// shownEndpoint has the fields of Endpoint, and prints as it is.
type shownEndpoint Endpoint

// Format implements fmt.Formatter: secrets are not printed, whatever the verb.
func (e Endpoint) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), e.redacted()) // there is nobody to tell
}

// LogValue implements slog.LogValuer: secrets are not logged.
func (e Endpoint) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", e)) }

// A place is where a node is and how the client says who it is there.
type place struct {
	name     string   // without credentials
	base     *url.URL // nil if it cannot be read
	identity identity
}

// places returns those of New's base and of all further endpoints, and the mistakes in
// them.
func (o *Options) places(base string) (all []place, mistakes []error) {
	u, mistakes := parseBase(base)
	if o == nil {
		o = &Options{}
	}
	own := identity{header: o.Header, token: o.Token, source: o.TokenSource}
	mistakes = append(mistakes, own.mistakes("option ", "base URL", u)...)
	all = append(all, newPlace(u, own))
	if n := len(o.Endpoints); n > MaxEndpoints {
		mistakes = append(mistakes, fmt.Errorf("option Endpoints has %d nodes; want at most %d", n, MaxEndpoints))
	}
	for i, e := range o.Endpoints {
		what := fmt.Sprintf("option Endpoints[%d].", i)
		u, wrong := parseURL(what+"URL", e.URL)
		own := identity{header: e.Header, token: e.Token, source: e.TokenSource}
		wrong = append(wrong, own.mistakes(what, what+"URL", u)...)
		p := newPlace(u, own)
		if same := slices.IndexFunc(all, p.is); same == 0 {
			wrong = append(wrong, fmt.Errorf("%sURL is New's base already; want further nodes", what))
		} else if same > 0 {
			wrong = append(wrong, fmt.Errorf("%sURL is that of Endpoints[%d] already", what, same-1))
		}
		all = append(all, p)
		mistakes = append(mistakes, wrong...)
	}
	return all, mistakes
}

func newPlace(base *url.URL, own identity) place {
	p := place{base: base, identity: own}
	if base != nil {
		shown := *base
		shown.User, shown.Host = nil, strings.ToLower(base.Host)
		p.name = shown.String()
	}
	return p
}

// is reports whether two places are one.
func (p *place) is(q place) bool { return p.name != "" && p.name == q.name }

// A node is one of the endpoints that a manager may be connected to.
type node struct {
	index  int32  // among the manager's
	name   string // its URL, without credentials
	dialer *transport.Dialer
	beats  atomic.Bool // it was found to send beats
}

// newNode returns the node at a place.
func (m *ConnectionManager) newNode(o *Options, index int32, p place) *node {
	return &node{index: index, name: p.name, dialer: transport.NewDialer(transport.Config{
		Base: p.base, Client: o.HTTPClient, Books: m.booksOf(index),
		Header: p.identity.header, Token: strings.TrimSpace(p.identity.token), TokenSource: p.identity.source,
		DialTimeout: o.DialTimeout, IdleTimeout: o.IdleTimeout,
		PingInterval: o.PingInterval, PollInterval: o.PollInterval,
		MaxFrame: o.MaxFrame, Requests: o.Requests,
	})}
}

// nodeBooks are the books as a poll of one node sees them: what it reads there counts
// only while that is the node whose events are handed on. One that is tried beside it is
// another node, and its counts and tips say nothing about this one.
type nodeBooks struct {
	*repair.Books

	isHere func() bool
}

func (m *ConnectionManager) booksOf(index int32) nodeBooks {
	return nodeBooks{Books: m.books, isHere: func() bool { return m.here.Load() == index }}
}

// Begin implements transport.Books.
func (b nodeBooks) Begin(now time.Time) {
	if b.isHere() {
		b.Books.Begin(now)
	}
}

// Tips implements transport.Books.
func (b nodeBooks) Tips(ids []string) (news bool) { return b.isHere() && b.Books.Tips(ids) }

// Counted implements transport.Books.
func (b nodeBooks) Counted(now time.Time, n uint64) {
	if b.isHere() {
		b.Books.Counted(now, n)
	}
}

// Hint implements transport.Books.
func (b nodeBooks) Hint(ids []string) {
	if b.isHere() {
		b.Books.Hint(ids)
	}
}
