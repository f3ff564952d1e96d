// Package transport opens connections to a node, and is the only package that
// does. WebSocket, SSE and polling look alike from above: a [Dialer] opens a
// [Stream], and Stream.Next returns what the server says, one message at a time.
//
//	websocket.go   a stream over a WebSocket          sse.go   a stream over SSE
//	upgrade.go     its handshake                      life.go  when the last byte came
//	socket.go      what came with the frame before    framing.go  where frames begin
//	barrier.go     Ping and Pong before it is used    poll*.go a stream rebuilt from REST
//	command.go     Subscribe, Ping                    try.go   one attempt, and why it failed
//	ping.go        whether the server is still there
//	leave.go       Unsubscribe, Close frame, FIN      http.go  one http.Client for all
//	spelling.go    how to ask, and what was refused   errors.go, classify.go
//	respell.go     a WebSocket refused late, again    token.go, auth.go  who asks
//
// # What a stream promises
//
// Open returns a stream that is usable: on a WebSocket the server has answered a
// Ping, on SSE the response head is there, on polling there is an answer. From
// then on nothing that the server sends is lost on the way to Next. A bad
// message is a frame of kind Garbage and costs nothing but itself; an error of
// Next is the end, and [Classify] alone decides what it means. The one thing that
// Next mends by itself is a subscription that is refused after the Pong: it opens
// the connection again, in the next spelling.
//
// A stream reads only while Next is being called. A consumer that takes its time
// is no reason to end it: all watchdogs stand still meanwhile.
//
// # Goroutines
//
// An open stream has none of its own: Next reads on its caller's. A WebSocket has
// one while it waits for a pong and, until its barrier is passed, one that reads.
// Close waits for them.
package transport

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A Config says where the node is and how to talk to it. Durations: 0 means the
// default, a negative one switches the watchdog off.
type Config struct {
	// Base is the node's URL, http or https, with a path prefix if it has one.
	// User and password become basic authentication.
	Base *url.URL

	// Client carries every request. Its Transport and Jar are used; its
	// CheckRedirect is replaced and its Timeout, which would cut a stream off,
	// is not used. Nil means a client of the Dialer's own: HTTP/1.1, proxies from
	// the environment.
	Client *http.Client

	Header http.Header // sent with every request

	// Token is a bearer token, sent with every request to Base and to nobody else.
	// TokenSource returns one instead: before a stream is opened if the last one is
	// older than a minute, and when one is refused. It is called by one goroutine at
	// a time, has half of DialTimeout, and must return when its context ends. Not
	// both, and neither with user and password or an Authorization header.
	Token       string
	TokenSource TokenSource

	DialTimeout  time.Duration // one try to open, up to usable, on polling one request; 0 means 10 s
	IdleTimeout  time.Duration // SSE: no byte for this long ends the stream; 0 means 31 s
	PingInterval time.Duration // WebSocket: between two pings, and the bound of a pong; 0 means 15 s
	PollInterval time.Duration // between two polls; 0 means 5 s
	MaxFrame     int64         // bytes of one message; 0 means 16 MiB
	Requests     int           // REST requests per minute; 0 means 120

	// Books take the tips and the count of final messages that polling reads. What
	// facts there are it does not read itself. Nil: nobody takes them.
	Books Books
}

// Books are what polling needs of the books of package repair.
type Books interface {
	Begin(now time.Time)
	Tips(ids []string) (news bool)
	Counted(now time.Time, n uint64)
	Hint(ids []string)
	Anchor() (id string, at time.Time, ok bool)
}

// The defaults of Config.
const (
	DefaultDialTimeout  = 10 * time.Second
	DefaultIdleTimeout  = 31 * time.Second // two heartbeats of a node and a little
	DefaultPingInterval = 15 * time.Second
	DefaultMaxFrame     = 16 << 20 // 20,000 tips are one frame of 1.3 MB
)

// A Frame is one message of a server.
type Frame struct {
	wire.Message // Data is valid until the next call of Next

	Received time.Time     // this host's clock, when it had been read
	Origin   events.Origin // live or polled
	Size     int           // bytes, without framing; 0 for comments and polls

	// Replaced is how many U+FFFD stand for bytes that were no UTF-8, in the name
	// or the data of an SSE event, on frames of every kind but comments: the
	// format wants it so, and what was there cannot be told any more. A WebSocket
	// ends with a *UTF8Error instead.
	Replaced int

	// Renewed is set on the first frame after the server has refused the names of
	// a WebSocket that was usable: the stream is another connection now, with
	// other names. What it should have carried since it was opened may be missing.
	Renewed bool
}

// A Stream is an open connection. Next has one caller at a time; everything else
// may be called from any goroutine.
type Stream interface {
	// Next waits for the next message. An error is the end of the stream: it is
	// ErrClosed after Close, else one that Classify understands, and every later
	// call returns the same.
	Next() (Frame, error)

	// OnPark sets fn, which Next calls on its caller's goroutine before it waits
	// for the server: all that was there has been returned. Whoever collects frames
	// hands them on then. It must be set before the first Next.
	OnPark(fn func())

	// LastFrame returns when the last sign of life came: any byte, so also a
	// Pong, a comment, a part of a large frame; on polling a finished request.
	LastFrame() time.Time

	// Transport returns how the server is followed.
	Transport() fallback.Transport

	// Opened returns when the stream became usable.
	Opened() time.Time

	// ServerTime returns the Date of the response that opened the stream; zero if
	// it had none.
	ServerTime() time.Time

	// Dialect returns which dialect the server has been seen to speak. On a
	// WebSocket it is usually known when Open returns, elsewhere after an event.
	Dialect() wire.Dialect

	// Widen asks for more types on the running stream; nil means all. False
	// means that a new connection is needed for them.
	Widen(types []events.Type) bool

	// Probe makes a WebSocket's server send a Pong, which Next returns. The other
	// transports have no such question, and Probe does nothing.
	Probe()

	// Close ends the stream and waits until all of it is gone, politely but no
	// longer than a second. A pending Next returns ErrClosed. It may be called
	// more than once.
	Close()
}

// A Dialer opens streams to one node. It remembers how the node wants to be
// asked. All methods may be called concurrently.
type Dialer struct {
	cfg    Config
	base   *url.URL // without user, query and fragment
	header http.Header
	client *http.Client
	idle   func() // closes idle connections of the client
	rest   *rest.Client

	mu       sync.Mutex
	spelling map[fallback.Transport]wire.Spelling // what was taken last
	missing  []events.Type
	lastID   string // of SSE: what the next request says it has seen
}

// NewDialer returns a Dialer. It does not connect.
func NewDialer(cfg Config) *Dialer {
	d := &Dialer{cfg: cfg.withDefaults(), spelling: make(map[fallback.Transport]wire.Spelling)}
	d.base, d.header = address(cfg.Base, cfg.Header)
	client, idle := newClient(cfg.Client)
	tokens := newTokens(&d.cfg)
	d.client, d.idle = authorized(client, tokens, d.base, tokenAge), idle
	d.rest = rest.New(rest.Config{
		Base: d.base, Header: d.header, Do: authorized(client, tokens, d.base, 0).Do, Timeout: max(0, cfg.DialTimeout),
		Budget: rest.NewBudget(cfg.Requests, 0),
	})
	return d
}

// Open opens a stream of the given types, all if nil, and returns when it is
// usable. It asks in every spelling that a server may want, at once one after
// the other, and remembers which was taken.
//
// The end of ctx ends the opening, not the stream. The error is the cause of ctx
// in that case, else one that Classify understands: *DialError, *StatusError,
// *RedirectError, *ContentTypeError, *HandshakeError, *FilterError,
// *SilentError, or of polling one of package rest. A *DialError wraps a
// *TokenError if there was no token to send.
func (d *Dialer) Open(ctx context.Context, t fallback.Transport, types []events.Type) (Stream, error) {
	began := time.Now()
	s, err := d.open(ctx, t, types)
	switch {
	case err == nil:
		d.rest.Learn(s.ServerTime(), began)
	case ctx.Err() == nil && silent(err):
		d.idle()
	}
	return s, err
}

// silent reports whether err says that a link brought nothing any more. Then idle
// connections that took the same way are dead too, and do not say so either: a
// NAT has forgotten them, or the client's address is another one. Whoever gets
// err closes them, so that the next attempt does not begin on one.
func silent(err error) bool {
	return is[*SilentError](err) || is[*DialError](err) && as[*DialError](err).Timeout()
}

func (d *Dialer) open(ctx context.Context, t fallback.Transport, types []events.Type) (Stream, error) {
	switch t {
	case fallback.WebSocket:
		return d.openRespelling(ctx, types)
	case fallback.SSE:
		s, _, err := open(ctx, d, t, d.asks(t, types), d.openSSE)
		if err != nil {
			return nil, err
		}
		return s, nil
	case fallback.Polling:
		return d.openPolling(ctx, types)
	case fallback.None:
	}
	return nil, fmt.Errorf("transport: there is no transport %q", t)
}

// Missing returns those types of the last stream opened that this server does
// not offer, nil if it took them all. It may be others after a renewed frame.
func (d *Dialer) Missing() []events.Type {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]events.Type(nil), d.missing...)
}

// REST returns the client that reads by REST. It shares with polling its budget and
// what is known of the server's clock and paths.
func (d *Dialer) REST() *rest.Client { return d.rest }

// Close closes the idle connections of the Dialer's own client. Those of a
// client that was handed in are its owner's. Streams stay open.
func (d *Dialer) Close() {
	if d.cfg.Client == nil {
		d.idle()
	}
}

// withDefaults puts the defaults where c has zeros.
func (c Config) withDefaults() Config {
	c.DialTimeout = orDefault(c.DialTimeout, DefaultDialTimeout)
	c.IdleTimeout = orDefault(c.IdleTimeout, DefaultIdleTimeout)
	c.PingInterval = orDefault(c.PingInterval, DefaultPingInterval)
	c.MaxFrame = orDefault(c.MaxFrame, DefaultMaxFrame)
	return c
}

func orDefault[T int64 | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}
