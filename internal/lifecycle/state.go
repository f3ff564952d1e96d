package lifecycle

import (
	"time"

	"github.com/adic/adic-go/fallback"
)

const (
	orphanTime = 4 * time.Second  // in which a good rival shows that it outlives the link whose place it is to take
	clockTime  = 5 * time.Second  // in which a jump of the clocks is noticed, at most
	jump       = 2 * time.Second  // less is a clock that is corrected
	probeTime  = 5 * time.Second  // in which a WebSocket answers
	askTime    = 10 * time.Second // without a word, between two questions what the server speaks
)

// Phase is what the client is doing.
type Phase uint8

// The phases. Closed is final.
const (
	Idle      Phase = iota // not started yet
	Opening                // nothing delivers, Link is being opened
	Following              // Link delivers
	Orphaned               // Link has ended; a rival that was good may take over until Until
	Waiting                // nothing is open; Link.Target is opened at Until
	Closed                 // the run has ended
)

// A Generation numbers openings. 0 is none.
type Generation uint64

// Purpose is why a link is opened.
type Purpose uint8

// The purposes.
const (
	First      Purpose = iota // nothing delivers
	Better                    // a target that is preferred to that of the running connection
	Wider                     // the running connection cannot be asked for what is wanted
	Experiment                // the running connection brings nothing: is it deaf, or the node dead?
	purposes
)

// A Link is a connection, or an attempt at one.
type Link struct {
	Target

	Gen    Generation // 0: there is none
	For    Purpose
	Usable bool
	Good   bool
	Opened time.Duration // when it became usable, monotonic
	Since  time.Duration // of an Experiment: the last beat of the link that it is to replace
}

// A Silence lasts from the last beat before a node fell silent, although the
// connection was up, to the next one, on whatever connection it comes.
type Silence struct {
	Stale       bool          // there is one
	Since       time.Duration // its last beat before, monotonic
	Dead        bool          // it is the node's, not the connection's
	Reconnected bool          // that was tried
}

// Gaps says which gaps are open.
type Gaps struct{ Outage, Polling, Dead bool }

// A State is all that is known between two steps. It is a value; make the first with
// New. Durations are instants of the monotonic clock, 0 is never.
type State struct {
	Phase   Phase
	Link    Link           // see Phase
	Rivals  [purposes]Link // beside it, by purpose
	Winner  Generation     // the rival that takes over when Link has ended
	Newest  Generation     // of all openings
	Until   Instant        // see Phase
	Due     time.Duration  // when the next Tick is wanted, at the latest; 0: none is
	Look    time.Duration  // when the pulse of the running connection is to be asked again
	Silence Silence
	Gaps    Gaps

	proved  bool          // something was usable in this run
	hung    bool          // Link was asked to end
	told    bool          // the outage was told to an operator
	outage  bool          // there was no connection since the last one, or since the first failure
	home    int           // the endpoint that delivered last
	ended   Ended         // of Link, if Phase is Orphaned
	widen   time.Duration // when the running connection is asked again for more; 0: it need not be
	ask     time.Duration // when its server is asked what it speaks; 0: it need not be
	doubt   time.Duration // when a sign of life is judged by time again that judged the node before
	probed  time.Duration // when it was asked for a sign of life, which has not come; 0: it was not
	noes    noes
	jumped  bool    // the clocks have gone apart, and nothing was done about it yet
	clock   Instant // of the last step
	config  *Config // never written
	choices Chooser
	pauses  [purposes]*fallback.Ladder // between tries of Wider, and of Experiment, on the running connection
}

// A Config is what a life is led by.
type Config struct {
	Choices   Chooser
	Endpoints int                  // how many there are
	Order     []fallback.Transport // those that may be used
	Beats     bool                 // beats are asked for, so that their absence tells
	Prove     time.Duration        // in which a rival shows that it is good, if there are several endpoints; 0: no bound
	Random    func() float64       // in [0, 1); nil means rand.Float64 of math/rand/v2
}

// New returns the state of a client that has not been started.
func New(c Config) State {
	s := State{config: &c, choices: c.Choices}
	c.Choices = nil // each state has its own
	return s
}

// Step returns the state after an input, and what is to be done about it, in order.
func (s State) Step(in Input, now Instant) (State, []Action) {
	if s.Phase == Closed {
		return s, nil
	}
	t := turn{State: s, now: now}
	t.jumped = t.jumped || now.jumped(t.clock) && t.clock != Instant{}
	t.clock = now
	in.take(&t)
	t.Due = t.due()
	return t.State, t.actions
}

// A turn is a step that is being taken.
type turn struct {
	State

	now     Instant
	actions []Action
}

func (t *turn) do(a Action) { t.actions = append(t.actions, a) }

// choose returns the chooser for a change: the one of the state before stays as it
// was.
func (t *turn) choose() Chooser {
	t.choices = t.choices.Clone()
	return t.choices
}

// due returns when time has to be looked at.
func (t *turn) due() (at time.Duration) {
	first := func(when time.Duration) {
		if when != 0 && (at == 0 || when < at) {
			at = when
		}
	}
	switch t.Phase {
	case Idle, Opening, Closed:
	case Orphaned:
		first(t.Until.Mono)
	case Waiting:
		first(t.Until.Mono)
		first(t.now.Mono + clockTime)
	case Following:
		if t.hung {
			break // it will say that it has ended
		}
		first(t.now.Mono + clockTime)
		first(t.Look)
		first(t.widen)
		first(t.ask)
		if _, by, when := t.choices.Better(t.now.moment()); by != fallback.None && t.Rivals[Better].Gen == 0 {
			first(max(mono(when), 1))
		}
		if l := &t.Rivals[Better]; t.mustProve(l) {
			first(l.Opened + t.config.Prove)
		}
	}
	return at
}
