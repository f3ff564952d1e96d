package lifecycle

import (
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/pulse"
)

// An Input is what has happened. It is one of the types in this file.
type Input interface{ take(*turn) }

// Start begins a run.
type Start struct{}

// Opened says that what Open asked for is usable.
type Opened struct{ Of Generation }

// Proved says that a link is good: it brought a beat or, where there are none, signs
// of life for long enough.
type Proved struct{ Of Generation }

// Ready says that a rival may take the place of the running connection: it has proved
// itself, and where the one ends and the other begins is as clear as it will be.
type Ready struct{ Of Generation }

// Answered says that an experiment has brought a heartbeat before any beat.
type Answered struct{ Of Generation }

// Ended says that a link has ended or could not be opened.
type Ended struct {
	Of       Generation
	How      fallback.Outcome // its Transport and Good are filled in by the step
	Definite bool             // somebody's word that the client is not wanted; a captive portal's page is none
	Last     time.Duration    // when its last sign of life came, monotonic; counts if it delivered
}

// Spoke says that the running connection brought a beat at a time, monotonic, after
// State.Silence had begun.
type Spoke struct {
	Of Generation
	At time.Duration
}

// Narrow says that the running connection cannot be asked for what is wanted.
type Narrow struct{ Of Generation }

// Tick says that time has gone by, and how the running connection looks. Times are
// monotonic.
type Tick struct {
	Of      Generation
	Frame   time.Duration // of its last sign of life; the opening counts
	Beat    time.Duration // of its last beat; the opening counts
	Held    bool          // nobody reads it now
	Spoken  bool          // it brought events, or is known to come with beats
	Looked  bool          // State.Look was due, and its pulse says:
	Verdict pulse.Verdict
	Again   time.Duration // when to look again
}

// Stop ends the run.
type Stop struct{}
