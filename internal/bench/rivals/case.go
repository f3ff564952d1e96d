package rivals

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// A Case is a client in one way of use.
type Case struct {
	Name  string // library/what is done with an event
	Group string // one of the groups below, or "" for those that are run otherwise than for throughput
	Form  traffic.Form

	// Connect returns when the client is ready for the stream.
	Connect func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error)

	Tips bool // the stream is TipsUpdated with X tips each
	End  bool // the server says when the stream ends: the client's tally does not
	Cap  int  // bytes of payload in one run, for clients whose queues are bounded; 0: none
}

// The groups of cases of throughput.
const (
	WS    = "ws"
	Peers = "peers"
	SSE   = "sse"
)

// A Client is one that is connected.
type Client struct {
	Close func()
	Check func(events int) error // beside the tally; nil: nothing
}

// A Target is where the stream comes from.
type Target struct {
	HTTP    string // host and port
	NATS    string // host and port
	Session int
	X       int // handlers of other types, of cases that have those
}

// URL returns a URL of the session; path begins without a slash.
func (t Target) URL(scheme, path string) string {
	return scheme + "://" + t.HTTP + "/" + t.path(path)
}

// path returns the path of the session, without a slash at either end.
func (t Target) path(path string) string {
	return strings.TrimSuffix(fmt.Sprintf("s/%d/%s", t.Session, path), "/")
}

// All returns all cases.
func All() []Case {
	return slices.Concat(ours(), inlineCases(), coderCases(), gorillaCases(), gwsCases(),
		natsCases(), ethereumCases(), cometCases(), discordCases(),
		bareSSE(), tmaxmaxCases(), r3labsCases(), launchdarklyCases(),
		special(), idleCases(), pollingCases())
}

// connect is Case.Connect.
type connect = func(context.Context, Target, *traffic.Tally) (*Client, error)

// peer is a library that others made, in its usual use and with our decoder.
func peer(name, group string, form traffic.Form, most int, client func(way) connect) []Case {
	nop, generated, twoPass := ways()
	var list []Case
	for _, w := range []way{nop, generated, twoPass} {
		list = append(list, Case{Name: name + "/" + w.name, Group: group, Form: form, Cap: most, Connect: client(w)})
	}
	return list
}

// Find returns the case of a name.
func Find(name string) (Case, bool) {
	all := All()
	i := slices.IndexFunc(all, func(c Case) bool { return c.Name == name })
	if i < 0 {
		return Case{}, false
	}
	return all[i], true
}

// reading runs loop on a goroutine until end has closed its connection. What ended it
// before is told by Check.
func reading(end func() error, loop func() error) *Client {
	var ended error
	done := make(chan struct{})
	go func() { defer close(done); ended = loop() }()
	return &Client{
		Close: func() {
			_ = end() // why it ended is what loop returns
			<-done
		},
		Check: func(int) error {
			select {
			case <-done:
				return ended
			default:
				return nil
			}
		},
	}
}
