package client_test

import (
	"slices"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A story is what happened: all that a checker has to know besides what the
// client saw.
type story struct {
	node      bool          // the server sends beats
	polling   bool          // polling is the only transport
	want      []events.Type // nil: all
	skew      time.Duration
	connected time.Time // for the first time, by the host's clock
	messages  map[string]*happening
	notices   map[string][]notice // by content
	faults    []fault
	losses    []refserver.Loss
}

// A happening is a message.
type happening struct {
	stamp   time.Time // the proposer's clock, as the server's goes
	arrived time.Time // host's clock; zero: it is pruned, or has not come yet
	absent  bool      // its child was there before it: the client may have found that it is not at this node
	final   bool      // ever
	shown   bool      // REST shows it at the end
	isFinal bool      // REST shows at the end that it is final
}

// wants reports whether the client asked for events of type t.
func (s *story) wants(t events.Type) bool { return s.want == nil || slices.Contains(s.want, t) }

// A notice is one event without an id.
type notice struct {
	at  time.Time // host's clock
	typ events.Type
}

// horizon is where history begins, by the server's clock.
func (s *story) horizon() time.Time { return s.connected.Add(s.skew - time.Minute) }
