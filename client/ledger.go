package client

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// remembered is how many gaps that are over a ledger keeps.
const remembered = 256

// A ledger holds the gaps: all that are not settled, and the last 256 of those
// that are. It numbers them, and says what became of them. Safe for concurrent
// use.
type ledger struct {
	families func(lane events.Priority) []events.Family // that are wanted, on a lane

	mu         sync.Mutex // guards what follows
	number     uint64     // of the last gap
	closings   uint64     // how many were closed
	backfilled uint64     // facts that were delivered late
	past       []events.Gap
	open       []account // by number
}

// An account is a gap that is not settled.
type account struct {
	gap    events.Gap
	closed uint64 // which closing it was; 0: it is open
	before uint64 // facts that had been delivered late when it began
	losses losses
	whole  bool // its families are what is wanted on its lane, as it is wanted then and until it is closed
}

// losses are what a full lane lost.
type losses struct {
	facts   int // that are delivered later
	states  int // that are read again, or followed by newer ones
	notices int // that are gone
	gone    int // facts that are gone: too many were owed
}

func (l *losses) total() int { return l.facts + l.states + l.notices + l.gone }

// begin numbers a gap.
func (l *ledger) begin(g events.Gap) events.Gap {
	whole := l.families != nil && g.Families == nil
	if whole {
		g.Families = l.families(g.Lane)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number++
	g.Number, g.Stage, g.Lost = l.number, events.GapOpened, 0
	l.open = append(l.open, account{gap: g, before: l.backfilled, whole: whole})
	return g
}

// close notes that events flow again, and returns what is to be told: nothing if
// the gap was over, its outcome too if nothing can be done about it.
func (l *ledger) close(g events.Gap, to time.Time, lost losses) (notices []events.Gap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.open, func(a account) bool { return a.gap.Number == g.Number && a.closed == 0 })
	if i < 0 {
		return nil
	}
	a := &l.open[i]
	if a.whole {
		a.gap.Families = union(a.gap.Families, l.families(g.Lane)) // wanted since
	}
	a.gap.Stage, a.gap.To = events.GapClosed, to
	if to.Before(a.gap.From) {
		a.gap.To = a.gap.From
	}
	if a.gap.Cause == events.GapByOverflow {
		a.gap.Dropped = lost.total()
	}
	l.closings++
	a.losses, a.closed = lost, l.closings
	notices = append(notices, a.gap)
	if a.hopeless() {
		notices = append(notices, a.outcome(l.backfilled, false))
		l.open = slices.Delete(l.open, i, i+1)
		l.forget(notices[1:])
	}
	return notices
}

// union returns the families of both lists, in order.
func union(a, b []events.Family) []events.Family {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// hopeless reports whether there is nothing that REST could bring.
func (a *account) hopeless() bool {
	if a.gap.Cause == events.GapByOverflow {
		return a.losses.facts == 0 && a.losses.states == 0
	}
	return !slices.Contains(a.gap.Families, events.Fact) && !slices.Contains(a.gap.Families, events.State)
}

// forget keeps settled gaps among the past ones, and the oldest of them no more.
func (l *ledger) forget(settled []events.Gap) {
	l.past = append(l.past, settled...)
	l.past = slices.Delete(l.past, 0, max(0, len(l.past)-remembered))
}

// delivered notes that a fact was delivered late.
func (l *ledger) delivered() {
	l.mu.Lock()
	l.backfilled++
	l.mu.Unlock()
}

// mark returns a number, never 0, that stands for all that is closed by now.
func (l *ledger) mark() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closings + 1
}

// settle notes that all was delivered that could be, for all that was closed
// before the mark, and returns these gaps with their outcomes. lacking says that
// facts could not be asked for.
func (l *ledger) settle(mark uint64, lacking bool) (settled []events.Gap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = slices.DeleteFunc(l.open, func(a account) bool {
		if a.closed == 0 || a.closed >= mark {
			return false
		}
		settled = append(settled, a.outcome(l.backfilled, lacking))
		return true
	})
	l.forget(settled)
	return settled
}

// outcome says what became of what was missing.
func (a *account) outcome(backfilled uint64, lacking bool) events.Gap {
	g := a.gap
	g.Stage, g.Outcome = events.GapSettled, events.GapRepaired
	if g.Cause == events.GapByOverflow {
		g.Repaired, g.Lost = a.losses.facts, a.losses.notices+a.losses.gone
		switch {
		case g.Lost > 0:
			g.Outcome = events.GapUnrepairable
		case g.Repaired == 0:
			g.Outcome = events.GapReread
		}
		return g
	}
	if slices.Contains(g.Families, events.Fact) {
		g.Repaired = int(min(backfilled-a.before, 1<<31-1))
	}
	switch {
	case a.losses.gone > 0:
		g.Outcome, g.Lost = events.GapUnrepairable, a.losses.gone
	case slices.Contains(g.Families, events.Notice), lacking && slices.Contains(g.Families, events.Fact):
		g.Outcome, g.Lost = events.GapUnrepairable, events.LostUnknown
	case !slices.Contains(g.Families, events.Fact):
		g.Outcome = events.GapReread
	}
	return g
}

// all returns every gap that is remembered, by number.
func (l *ledger) all() []events.Gap {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Clone(l.past)
	for i := range l.open {
		all = append(all, l.open[i].gap)
	}
	slices.SortFunc(all, func(a, b events.Gap) int { return cmp.Compare(a.Number, b.Number) })
	return all
}

// opened returns how many gaps are open.
func (l *ledger) opened() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.open {
		if l.open[i].closed == 0 {
			n++
		}
	}
	return n
}
