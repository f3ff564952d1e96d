package client

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// The defaults of Options.
const (
	DefaultDialTimeout  = transport.DefaultDialTimeout  // 10 s
	DefaultIdleTimeout  = transport.DefaultIdleTimeout  // 31 s: two heartbeats of a server and a second
	DefaultPingInterval = transport.DefaultPingInterval // 15 s
	DefaultPollInterval = transport.DefaultPollInterval // 5 s
	DefaultMaxEventAge  = 60 * time.Second
	DefaultDrainTimeout = 5 * time.Second
	DefaultMaxFrame     = transport.DefaultMaxFrame // 16 MiB: 20,000 tips are a frame of 1.3 MB
	DefaultRequests     = 120
	DefaultLaneBytes    = 64 << 20 // of payloads, in each lane
	DefaultSlowHandler  = time.Second
)

// Options tune a ConnectionManager. The zero value, or nil, is the documented
// default of every field; a negative duration is off, a negative size or count a
// mistake. New copies what it needs.
type Options struct {
	Subscription      subscription.Subscription // what New's mux wants; zero: all events
	AllowUnknownTypes bool                      // subscriptions may name types the SDK does not know

	Fallback   fallback.Policy // transports and delays; zero: WebSocket, SSE, polling, 1 s to 60 s
	HTTPClient *http.Client    // carries every request, handshakes included; its Timeout must be 0; nil: the manager's own
	Header     http.Header     // sent with every request, but never to another host

	// Token is a bearer token: it is sent with every request to the node, and never to
	// another host. TokenSource returns one instead, for tokens that expire. It is asked
	// before a stream is opened if the last token is older than a minute, and once when
	// the node has refused one (401), for all transports and REST together; while it
	// fails, the last token is used. It runs on a goroutine of the manager, one call at
	// a time, has half of DialTimeout, and must return when ctx ends. Not both, and
	// neither beside other credentials.
	Token       string
	TokenSource func(ctx context.Context) (string, error)

	// Endpoints are further nodes of the same network, in the order of preference;
	// New's base is preferred to them. One is connected to at a time: when it is lost,
	// refuses by every transport, or falls silent, the next one is, and when a preferred
	// one is good again, that. At most MaxEndpoints.
	Endpoints []Endpoint

	DialTimeout  time.Duration // one attempt to connect; 0: 10 s, negative: no bound
	IdleTimeout  time.Duration // no byte for this long ends an SSE stream; 0: 31 s, negative: never
	PingInterval time.Duration // between two pings of a WebSocket; 0: 15 s, negative: none, and no dead link is noticed
	PollInterval time.Duration // between two polls; 0: 5 s; it cannot be off
	MaxEventAge  time.Duration // an older last event is not OK; 0: 60 s, negative: never judged
	DrainTimeout time.Duration // for handlers, after Run's context has ended; 0: 5 s, negative: no bound

	MaxFrame int64   // bytes of one frame or SSE event; 0: 16 MiB
	Requests int     // REST requests a minute; 0: 120
	Lanes    [3]Lane // the queues of high, medium and low priority; zero: 1000, 500, 100 events, 64 MiB each, drop oldest

	// Aging is how long a lower lane, or what comes late, may wait before it takes turns
	// with the higher ones, whether what waits was replaced or dropped meanwhile or not.
	// 0: for ever, priority is strict, and a lane that is never empty lets none below it
	// be served.
	Aging time.Duration

	// SlowHandler is how long the handlers of one event may take together before they
	// are named in the log and the metrics. 0: 1 s, negative: as long as they like.
	SlowHandler time.Duration

	// ResumeFrom is a cursor of an earlier run, see ConnectionManager.Cursor; empty:
	// begin now. One that cannot be read is a mistake, unless Resync is set: then
	// the run begins now, and a gap says so.
	ResumeFrom string
	Resync     bool

	// Known says which facts the application has, typically by its database: for
	// each MessageAdded or MessageFinalized one bool. It is asked about those that
	// are older than this run and may have been handled by an earlier one, down to
	// the beginning of the first run. It is called on a goroutine of its own kind,
	// one call at a time, and may take its time; on an error it is asked again. Nil:
	// nobody knows, and what is older than the run counts as history.
	Known func(ctx context.Context, facts []events.Envelope) ([]bool, error)

	Witness Witness // whether the beats of a node are asked for, wanted or not; zero: WitnessOn

	OnState func(Change)      // told every change of state, in order, on the handler goroutine; of more than 256 that wait the last are told as one; nil: nobody
	Metrics *metrics.Counters // where to count; nil: counters of the manager's own
	Logger  *slog.Logger      // what goes wrong, once per kind, without payloads or secrets; its handler must not block; nil: silence
}

// Witness says whether a node's regular events are asked for even if nobody wants
// them.
type Witness uint8

// The choices.
const (
	WitnessOn  Witness = iota // TipsUpdated and KCoreUpdated are asked for: holes, deaf connections and dead nodes are found
	WitnessOff                // only what is wanted is asked for; no hole can be told, and messages that are not announced come up to a minute late
)

// defaulted returns a copy of o with every zero replaced, and the mistakes.
func (o *Options) defaulted() (Options, []error) {
	var d Options
	if o != nil {
		d = *o
	}
	var mistakes []error
	d.DialTimeout = cmp.Or(d.DialTimeout, DefaultDialTimeout)
	d.IdleTimeout = cmp.Or(d.IdleTimeout, DefaultIdleTimeout)
	d.PingInterval = cmp.Or(d.PingInterval, DefaultPingInterval)
	d.PollInterval = cmp.Or(d.PollInterval, DefaultPollInterval)
	d.DrainTimeout = cmp.Or(d.DrainTimeout, DefaultDrainTimeout)
	d.MaxEventAge = cmp.Or(d.MaxEventAge, DefaultMaxEventAge)
	if d.PollInterval < 0 {
		mistakes = append(mistakes, fmt.Errorf(
			"option PollInterval is %v; want a positive duration, or 0 for %v; leave polling out of Fallback.Order to switch it off",
			d.PollInterval, DefaultPollInterval))
	}
	count := func(name string, v, def int64) int64 {
		if v < 0 {
			mistakes = append(mistakes, fmt.Errorf("option %s is %d; want a positive number, or 0 for %d", name, v, def))
		}
		if v == 0 {
			return def
		}
		return v
	}
	d.MaxFrame = count("MaxFrame", d.MaxFrame, DefaultMaxFrame)
	d.Requests = int(count("Requests", int64(d.Requests), DefaultRequests))
	d.SlowHandler = cmp.Or(d.SlowHandler, DefaultSlowHandler)
	for i := range d.Lanes {
		l := &d.Lanes[i]
		l.Events = int(count(fmt.Sprintf("Lanes[%d].Events", i), int64(l.Events), int64(defaultEvents[i])))
		l.Bytes = int(count(fmt.Sprintf("Lanes[%d].Bytes", i), int64(l.Bytes), DefaultLaneBytes))
	}
	mistakes = append(mistakes, d.check()...)
	if d.Metrics == nil {
		d.Metrics = &metrics.Counters{}
	}
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	d.Header, d.Token = d.Header.Clone(), strings.TrimSpace(d.Token)
	d.Subscription = clone(d.Subscription)
	d.Fallback = d.Fallback.WithDefaults()
	return d, mistakes
}

// check returns the mistakes that no default can mend.
func (o *Options) check() []error {
	mistakes := o.Subscription.Validate(o.AllowUnknownTypes)
	mistakes = append(mistakes, o.Fallback.Validate()...)
	for i, t := range o.Fallback.Order {
		if t == fallback.Polling && i < len(o.Fallback.Order)-1 {
			mistakes = append(mistakes, fmt.Errorf("option Fallback.Order has polling before %v; want it last or not at all", o.Fallback.Order[i+1]))
		}
	}
	for i, l := range o.Lanes {
		if l.Overflow > Block {
			mistakes = append(mistakes, fmt.Errorf(
				"option Lanes[%d].Overflow is %d; want DropOldest, DropNewest, CoalesceLatest or Block", i, l.Overflow))
		}
	}
	if o.Aging < 0 {
		mistakes = append(mistakes, fmt.Errorf("option Aging is %v; want a positive duration, or 0 for strict priority", o.Aging))
	}
	if o.Witness > WitnessOff {
		mistakes = append(mistakes, fmt.Errorf("option Witness is %d; want WitnessOn or WitnessOff", o.Witness))
	}
	if o.HTTPClient != nil && o.HTTPClient.Timeout != 0 {
		mistakes = append(mistakes, fmt.Errorf(
			"option HTTPClient has a Timeout of %v, which would cut every stream off; want 0, and Options.DialTimeout for connecting", o.HTTPClient.Timeout))
	}
	return mistakes
}
