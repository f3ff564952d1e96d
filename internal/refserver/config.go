package refserver

import (
	"cmp"
	"math/bits"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// Dialect is the way a server speaks.
type Dialect uint8

// The dialects.
const (
	Guide Dialect = iota // as the public integration guide describes it; the zero Dialect
	Node                 // as nodes of adic-core 0.1.9 to 0.3.0 were seen to speak
)

// String returns "guide" or "node".
func (d Dialect) String() string {
	switch d {
	case Guide:
		return "guide"
	case Node:
		return "node"
	default:
		return "invalid"
	}
}

// A Config says what a Server is like. The zero Config is a truthful server in
// the guide dialect that changes by script only.
type Config struct {
	Dialect Dialect
	Seed    uint64  // of the ledger and of all that is random
	Rate    float64 // messages a second that Run adds at random; 0: none

	// What each ring holds, in events, for the slowest reader. 0 means 1000, 500
	// and 100. A node rounds up to powers of two: 1024, 512 and 128.
	HighBuffer, MediumBuffer, LowBuffer int

	MaxSockets        int           // WebSockets at once; 0 means 1000. SSE has no limit
	Token             string        // bearer token that each request must carry; "": none
	RequestsPerMinute int           // more get 429 with Retry-After; 0: no limit
	DisableWebSocket  bool          // 404 on its path
	DisableSSE        bool          // 404 on its path
	Heartbeat         time.Duration // silence on SSE before a heartbeat; 0 means 15 s
	Untruths          Untruths      // zero: each message and finalization is announced, once
	NoTicks           bool          // node dialect: Run sends no beats
	FinalAfter        time.Duration // from the second child of a message to its finality, while Run runs; 0: Run goes by the ledger's rule, if there is a Rate
	Skew              time.Duration // what the server's clock is ahead of the host's

	// Known are the names that a server of the guide dialect accepts in filters;
	// nil means the eight of the guide. A node accepts any name.
	Known []events.Type
}

// Untruths are the ways in which a node's stream tells less, or more, than the
// truth. Shares are met exactly over the run, not drawn at random. They go with
// either dialect.
type Untruths struct {
	DoubleAdded bool    // MessageAdded comes twice for a message whose parents the node chose
	HideOwn     float64 // share of own messages that are never announced
	HidePeers   bool    // messages of peers are never announced
	HideFinal   float64 // share of finalizations that are never announced
	NeverFinal  float64 // share of the messages that become final by Finalize only
	ForgetDepth bool    // the depth of messages of peers is told as 0, on the stream and by REST

	// LateStart is how long after the 101 a WebSocket begins to hear events, and
	// to answer: what happens in between is lost to it. A node subscribes behind
	// the 101, so that 67 of 300 events emitted right after it were lost, and none
	// after a Pong. 0: nothing is lost.
	LateStart time.Duration
}

// Measured returns the untruths of nodes 0.1.10 and 0.3.0 as they were seen with
// networking on: 19 of 40 own messages announced, none of a peer, 187 of 205
// finalizations when busy, 33 of 35 when calm.
func Measured() Untruths {
	return Untruths{
		DoubleAdded: true,
		HideOwn:     0.5,
		HidePeers:   true,
		HideFinal:   0.06,
		ForgetDepth: true,
		LateStart:   time.Millisecond,
	}
}

// What the guide and the node document.
const (
	defaultHigh      = 1000
	defaultMedium    = 500
	defaultLow       = 100
	defaultSockets   = 1000
	defaultHeartbeat = 15 * time.Second
)

// withDefaults returns c with each zero filled in.
func (c Config) withDefaults() Config {
	c.HighBuffer = c.capacity(c.HighBuffer, defaultHigh)
	c.MediumBuffer = c.capacity(c.MediumBuffer, defaultMedium)
	c.LowBuffer = c.capacity(c.LowBuffer, defaultLow)
	c.MaxSockets = cmp.Or(c.MaxSockets, defaultSockets)
	c.Heartbeat = cmp.Or(c.Heartbeat, defaultHeartbeat)
	if c.Known == nil {
		c.Known = events.Types()[:guideTypes]
	}
	return c
}

// guideTypes is the number of types that the guide has; the catalogue begins
// with them.
const guideTypes = 8

func (c Config) capacity(n, standard int) int {
	if n <= 0 {
		n = standard
	}
	if c.Dialect == Node {
		n = 1 << bits.Len(uint(n-1))
	}
	return n
}
