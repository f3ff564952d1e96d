package client

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
)

// State says what a ConnectionManager is doing.
type State uint8

// The states. Closed is final.
const (
	Idle       State = iota // Run was not called yet
	Connecting              // a transport is being opened
	Connected               // a stream is usable: events flow
	Waiting                 // every transport failed; the next try is at RetryAt
	Closed                  // Run has ended
)

// invalid is what a value is called that is none of its constants.
const invalid = "invalid"

// String returns the state in lower case.
func (s State) String() string {
	switch s {
	case Idle:
		return "idle"
	case Connecting:
		return "connecting"
	case Connected:
		return "connected"
	case Waiting:
		return "waiting"
	case Closed:
		return "closed"
	default:
		return invalid
	}
}

// MarshalText encodes the state as String does.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// legal lists where each state may go.
var legal = map[State][]State{
	Idle:       {Connecting, Closed},
	Connecting: {Connecting, Connected, Waiting, Closed},
	Connected:  {Connecting, Connected, Waiting, Closed},
	Waiting:    {Connecting, Closed},
	Closed:     {},
}

func (s State) mayBecome(next State) bool {
	return slices.Contains(legal[s], next)
}

// A Change is one step of the state machine.
type Change struct {
	From, To  State
	Transport fallback.Transport // what is tried or used; None if To is Waiting or Closed
	Endpoint  string             // the URL of the node that is tried or used, without credentials; empty if To is Waiting or Closed
	At        time.Time          // this host's clock
	RetryAt   time.Time          // when the next try begins; zero unless To is Waiting
	Err       error              // why From ended; nil if it ended well
}

// status is the present state. It is replaced whole, never changed.
type status struct {
	Change

	changed chan struct{} // closed when another status takes its place
}

// machine holds the present status. Only Run's goroutine enters states; anyone
// may read.
type machine struct {
	now atomic.Pointer[status]
}

func newMachine() *machine {
	m := &machine{}
	m.now.Store(&status{changed: make(chan struct{})})
	return m
}

// enter makes c the present state, unless the table forbids it: a late writer
// cannot leave Closed. It reports whether the change was made.
func (m *machine) enter(c *Change) bool {
	old := m.now.Load()
	c.From = old.To
	if !c.From.mayBecome(c.To) {
		return false
	}
	m.now.Store(&status{Change: *c, changed: make(chan struct{})})
	close(old.changed)
	return true
}
