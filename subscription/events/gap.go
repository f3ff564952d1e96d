package events

import (
	"fmt"
	"strings"
	"time"
)

// A Gap is made by the SDK, not by a server: events may be missing on Lane
// between From and To. All notices of one episode carry the same Number. A Gap
// travels as an Envelope of TypeGap, in its place among the events of the lane,
// passes every filter and is never dropped.
type Gap struct {
	Number  uint64    `json:"number"`      // of the episode; 1 is the first of a manager
	Stage   GapStage  `json:"stage"`       // what this notice says
	Cause   GapCause  `json:"cause"`       // why events may be missing
	Lane    Priority  `json:"lane"`        // where; AnyPriority: on every lane
	From    time.Time `json:"from"`        // this host's clock
	To      time.Time `json:"to,omitzero"` // this host's clock; zero while the gap is open
	Dropped int       `json:"dropped"`     // events lost to a full queue; 0 for the other causes
}

// A GapStage says what a notice reports about its episode.
type GapStage string

// The stages of an episode.
const (
	GapOpened GapStage = "opened" // from now on events may be missing
	GapClosed GapStage = "closed" // events flow again; To is set
)

// A GapCause says why events may be missing.
type GapCause string

// The causes.
const (
	GapByDisconnect GapCause = "disconnect" // no connection
	GapByOverflow   GapCause = "overflow"   // a queue was full: Dropped events were thrown away
	GapBySwitch     GapCause = "switch"     // another transport took over
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
	return b.String()
}
