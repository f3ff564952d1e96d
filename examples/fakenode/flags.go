package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/adic/adic-go/internal/refserver"
)

// errUsage says that a flag was wrong; what, has been printed.
var errUsage = errors.New("usage")

// options are the flags, understood.
type options struct {
	addr   string
	config refserver.Config
	faults script
}

// eventsPerMessage is what a message makes in the long run: its announcement, its
// finalization, and the states that it changes.
const eventsPerMessage = 5

// The guide's port.
const defaultAddr = "127.0.0.1:9121"

func parse(args []string, complaints io.Writer) (options, error) {
	var opts options
	c := &opts.config
	fs := flag.NewFlagSet("fakenode", flag.ContinueOnError)
	fs.SetOutput(complaints)
	fs.StringVar(&opts.addr, "addr", defaultAddr, "where to listen; port 0 takes a free one")
	dialect := fs.String("dialect", "guide", "guide: as the integration guide describes it; node: as a node 0.3.0 was seen to do it")
	rate := fs.Float64("rate", 5, "events a second, about; 0: none but a node's beats")
	seed := fs.Uint64("seed", 1, "of the ledger and of all that is random")
	untruths := fs.String("untruths", "", untruthsUsage)
	fs.Var(&opts.faults, "fault", faultUsage)
	fs.StringVar(&c.Token, "token", "", "bearer token that each request must carry; empty: none")
	fs.IntVar(&c.RequestsPerMinute, "rate_limit_requests_per_minute", 0, "more get 429 with Retry-After; 0: no limit")
	websocket := fs.Bool("enable_websocket", true, "serve "+refserver.SocketPath)
	sse := fs.Bool("enable_sse", true, "serve "+refserver.SSEPath)
	fs.IntVar(&c.MaxSockets, "max_websocket_connections", 1000, "more get 503")
	fs.IntVar(&c.HighBuffer, "high_priority_buffer", 1000, "events; a node rounds up to a power of two")
	fs.IntVar(&c.MediumBuffer, "medium_priority_buffer", 500, "events")
	fs.IntVar(&c.LowBuffer, "low_priority_buffer", 100, "events")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return options{}, err
		}
		return options{}, errUsage // the flag set has complained
	}
	c.Seed, c.Rate = *seed, *rate/eventsPerMessage
	c.DisableWebSocket, c.DisableSSE = !*websocket, !*sse
	var mistakes []error
	mistakes = append(mistakes, setDialect(c, *dialect), setUntruths(c, *untruths), check(c, fs))
	if err := errors.Join(mistakes...); err != nil {
		_, _ = fmt.Fprintln(complaints, err) // if that fails, there is nobody to tell
		return options{}, errUsage
	}
	return opts, nil
}

// check refuses numbers that make no sense, and words that belong to no flag.
func check(c *refserver.Config, fs *flag.FlagSet) error {
	var mistakes []error
	if fs.NArg() > 0 {
		mistakes = append(mistakes, fmt.Errorf("unexpected argument %q: every option begins with a dash", fs.Arg(0)))
	}
	if c.Rate < 0 || c.RequestsPerMinute < 0 {
		mistakes = append(mistakes, errors.New("-rate and -rate_limit_requests_per_minute: want 0 or more"))
	}
	if min(c.MaxSockets, c.HighBuffer, c.MediumBuffer, c.LowBuffer) < 1 {
		mistakes = append(mistakes, errors.New("buffers and -max_websocket_connections: want 1 or more"))
	}
	return errors.Join(mistakes...)
}

func setDialect(c *refserver.Config, name string) error {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		if name == d.String() {
			c.Dialect = d
			return nil
		}
	}
	return fmt.Errorf("-dialect %q: want guide or node", name)
}

const untruthsUsage = "what the stream does not tell truly: none, measured (as nodes were seen to do), or a list of\n" +
	"double (MessageAdded comes twice), own (half of the own messages are not announced), peers (none of a peer's is),\n" +
	"finals (6 % of the finalizations are not), depth (of peers' messages is 0); default: none for guide, measured for node"

// setUntruths reads the list of untruths.
func setUntruths(c *refserver.Config, list string) error {
	all := refserver.Measured()
	if list == "" && c.Dialect == refserver.Node {
		c.Untruths = all
	}
	if list == "" || list == "none" {
		return nil
	}
	u := &c.Untruths
	for name := range strings.SplitSeq(list, ",") {
		switch name {
		case "measured":
			*u = all
		case "double":
			u.DoubleAdded = true
		case "own":
			u.HideOwn = all.HideOwn
		case "peers":
			u.HidePeers = true
		case "finals":
			u.HideFinal = all.HideFinal
		case "depth":
			u.ForgetDepth = true
		default:
			return fmt.Errorf("-untruths %q: want none, measured, double, own, peers, finals or depth", name)
		}
	}
	return nil
}
