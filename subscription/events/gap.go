package events

import (
	"fmt"
	"strings"
	"time"
)

// A Gap is made by the SDK, not by a server: events may be missing on Lane
// between From and To. Up to three notices tell of one episode, all with its
// Number: opened, closed, and settled, when it is known what became of what was
// missing. A Gap travels as an Envelope of TypeGap, opened and closed in their
// place among the events of the lane, passes every filter and is never dropped.
type Gap struct {
	Number   uint64     `json:"number"`             // of the episode; 1 is the first of a manager
	Stage    GapStage   `json:"stage"`              // what this notice says
	Cause    GapCause   `json:"cause"`              // why events may be missing
	Lane     Priority   `json:"lane"`               // where; AnyPriority: on every lane
	Families []Family   `json:"families,omitempty"` // what may be missing, of what is wanted
	From     time.Time  `json:"from"`               // this host's clock
	To       time.Time  `json:"to,omitzero"`        // this host's clock; zero while the gap is open
	Dropped  int        `json:"dropped"`            // events lost to a full queue; 0 for the other causes
	Outcome  GapOutcome `json:"outcome,omitempty"`  // empty until Stage is GapSettled
	Repaired int        `json:"repaired,omitempty"` // facts that were delivered late instead; set with Outcome
	Lost     int        `json:"lost,omitempty"`     // events that nobody will see; LostUnknown, or set with Outcome
}

// LostUnknown in Gap.Lost says that nobody can tell how many events are missing.
const LostUnknown = -1

// A GapStage says what a notice reports about its episode.
type GapStage string

// The stages of an episode.
const (
	GapOpened  GapStage = "opened"  // from now on events may be missing
	GapClosed  GapStage = "closed"  // events flow again; To is set
	GapSettled GapStage = "settled" // nothing more is to be done about it; Outcome is set
)

// A GapCause says why events may be missing.
type GapCause string

// The causes.
const (
	GapByDisconnect GapCause = "disconnect" // no connection
	GapByOverflow   GapCause = "overflow"   // a queue was full: Dropped events were thrown away, or the books of messages
	GapByStall      GapCause = "stall"      // the node left out regular events of a lane: it dropped events of a slow reader
	GapByDeaf       GapCause = "deaf"       // the connection was up and brought nothing until it was woken or replaced
	GapByDead       GapCause = "dead"       // the node is up and says nothing
	GapBySwitch     GapCause = "switch"     // another connection took over, and it is not known where it did
	GapByFailover   GapCause = "failover"   // another node took over
	GapByPolling    GapCause = "polling"    // while polling is the transport, notices are missed
	GapByHistory    GapCause = "history"    // the node knows nothing of what it said before: another history
	GapByResume     GapCause = "resume"     // the application was away, or its cursor could not hold all
	GapByMany       GapCause = "many"       // it stands for all gaps since From: there were more than are kept or can wait
)

// A GapOutcome says what became of the events that were missing.
type GapOutcome string

// The outcomes. Where notices are wanted that travel on the lane, only
// GapUnrepairable can be said: nobody can ask for a notice again.
const (
	GapRepaired     GapOutcome = "repaired"     // every fact that REST shows was delivered, and no notice is wanted
	GapReread       GapOutcome = "reread"       // only states were missing, and the newest were delivered
	GapUnrepairable GapOutcome = "unrepairable" // Lost events are gone; facts that REST shows were delivered nevertheless
)

// Type returns TypeGap.
func (Gap) Type() Type { return TypeGap }

// String returns one line for people, such as
// "gap 3 closed: overflow, lane high, 2024-01-15T10:30:00Z to 2024-01-15T10:30:05Z, 12 dropped".
func (g Gap) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gap %d %s: %s, ", g.Number, g.Stage, g.Cause)
	if g.Lane == AnyPriority {
		b.WriteString("all lanes")
	} else {
		fmt.Fprintf(&b, "lane %s", g.Lane)
	}
	if g.To.IsZero() {
		fmt.Fprintf(&b, ", since %s", g.From.Format(time.RFC3339))
	} else {
		fmt.Fprintf(&b, ", %s to %s", g.From.Format(time.RFC3339), g.To.Format(time.RFC3339))
	}
	if g.Dropped > 0 {
		fmt.Fprintf(&b, ", %d dropped", g.Dropped)
	}
	if g.Stage == GapSettled {
		b.WriteString(g.outcome())
	}
	return b.String()
}

func (g Gap) outcome() string {
	text := ", " + string(g.Outcome)
	if g.Repaired > 0 {
		text += fmt.Sprintf(", %d repaired", g.Repaired)
	}
	switch {
	case g.Lost > 0:
		text += fmt.Sprintf(", %d lost", g.Lost)
	case g.Lost < 0:
		text += ", an unknown number lost"
	}
	return text
}
