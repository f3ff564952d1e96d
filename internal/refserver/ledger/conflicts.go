package ledger

import (
	"math"
	"slices"
	"time"
)

// A Conflict is a set of messages of which one may win. A node 0.3.0 tracks
// none in production, so a ledger has none unless it is told.
type Conflict struct {
	ID       string
	Messages []string
	Support  []Support
	Energy   float64
	Drift    float64 // expected; negative: descending
	Updated  time.Time
}

// Support is the weight behind one message of a conflict.
type Support struct {
	MessageID string
	Weight    float64
}

// settled is the energy below which a descending conflict counts as resolved.
const settled = 0.1

// Descending reports whether the conflict is on its way to be resolved.
func (c Conflict) Descending() bool { return c.Drift < 0 }

// Resolved reports whether the conflict counts as resolved in [Energy].
func (c Conflict) Resolved() bool { return c.Energy < settled && c.Descending() }

// Energy sums up the conflicts.
type Energy struct {
	Total      int
	Resolved   int
	Active     int // Total - Resolved
	Descending int
	Sum        float64 // total energy; -0.0 when there are no conflicts: a node 0.3.0 says so
	Average    float64
	Conflicts  []Conflict // all of them
}

// SetConflicts replaces the conflicts.
func (l *Ledger) SetConflicts(conflicts ...Conflict) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conflicts = slices.Clone(conflicts)
}

// Energy returns the sums over the conflicts.
func (l *Ledger) Energy() Energy {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := Energy{
		Total:     len(l.conflicts),
		Sum:       math.Copysign(0, -1), // what a sum over nothing begins with
		Conflicts: slices.Clone(l.conflicts),
	}
	for _, c := range l.conflicts {
		e.Sum += c.Energy
		if c.Descending() {
			e.Descending++
		}
		if c.Resolved() {
			e.Resolved++
		}
	}
	e.Active = e.Total - e.Resolved
	if e.Total > 0 {
		e.Average = e.Sum / float64(e.Total)
	}
	return e
}
