package lifecycle

import (
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// An Action is what is to be done. It is one of the types in this file. Times are
// monotonic.
type Action interface{ action() }

// Open asks for a link. While there is none that delivers, which is what First says,
// the client is connecting.
type Open struct {
	Target

	Gen Generation
	For Purpose
}

// Adopt makes a usable link the one that delivers: the client is connected.
type Adopt struct {
	Gen   Generation
	Over  Generation      // whose place it takes while that had not been given up; 0: there was an outage
	Cause events.GapCause // why Over is left if that brought nothing any more; else empty
	Since time.Duration   // when Over brought its last beat, if there is a Cause
	Moved bool            // to another endpoint than the last that delivered
}

// Read follows Adopt when all is told that is to be told before the first event.
type Read struct{ Gen Generation }

// Close lets a rival go, or hangs the running connection up, the end of which is then
// reported as any other.
type Close struct{ Gen Generation }

// Lost gives the running connection up, which has ended: there is an outage.
type Lost struct{ Gen Generation }

// Wait says that nothing is open, and until when.
type Wait struct {
	Until time.Duration
}

// GiveUp says that every target has refused the client: the run is over.
type GiveUp struct{}

// OpenGap tells that something may be missing from then on; one of each cause is open
// at a time.
type OpenGap struct {
	Cause events.GapCause
	From  time.Duration
}

// CloseGap tells that events flow again since then.
type CloseGap struct {
	Cause events.GapCause
	To    time.Duration
}

// Wake asks for a pair of pings, which wakes a connection that lag made deaf.
type Wake struct{ Gen Generation }

// Probe asks for a sign of life.
type Probe struct{ Gen Generation }

// Widen asks the running connection once more for what is wanted.
type Widen struct{ Gen Generation }

// Identify asks what the server of a connection speaks that has not said a word.
type Identify struct{ Gen Generation }

// Repair says that what is to be read by REST has changed: State.Silence did.
type Repair struct{}

// Reread asks for all facts that may have been missed: nothing is in sync until
// then.
type Reread struct{}

// Tell says something to an operator.
type Tell struct{ News News }

// News is what an operator is told.
type News uint8

// The news.
const (
	Unreachable      News = iota // an attempt failed, the first of an outage
	StillUnreachable             // another one did
	Connected                    // the first connection
	ConnectedAgain               // an outage is over
	FellSilent                   // the connection is up and brings nothing
	Reconnecting                 // to a silent node, to see whether another connection is less silent
	Died                         // the silence is the node's
	Speaks                       // the silence is over
	Jumped                       // the host slept, or its clock was set
)

func (Open) action()     {}
func (Adopt) action()    {}
func (Read) action()     {}
func (Close) action()    {}
func (Lost) action()     {}
func (Wait) action()     {}
func (GiveUp) action()   {}
func (OpenGap) action()  {}
func (CloseGap) action() {}
func (Wake) action()     {}
func (Probe) action()    {}
func (Widen) action()    {}
func (Identify) action() {}
func (Repair) action()   {}
func (Reread) action()   {}
func (Tell) action()     {}
