package client

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

const (
	remembered = 256  // gaps that are over and that a ledger keeps
	mostOpen   = 1024 // gaps that are not settled, before one stands for all further ones
	mostWait   = 1024 // notices that wait for a handler, before the same
)

// A ledger holds the gaps: all that are not settled, and the last 256 of those
// that are. It numbers them, and says what became of them. Should there be too many
// that are not settled, or too many notices that wait because a handler does not
// return, one gap stands for all that begin from then on, until there is room. Safe
// for concurrent use.
type ledger struct {
	families func(lane events.Priority) []events.Family // that are wanted, on a lane

	mu         sync.Mutex // guards what follows
	number     uint64     // of the last gap
	closings   uint64     // how many were closed
	backfilled uint64     // facts that were delivered late
	past       []events.Gap
	open       []account // by number
	many       *crowd    // nil: each gap stands for itself
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

func (l *losses) add(more losses) {
	l.facts += more.facts
	l.states += more.states
	l.notices += more.notices
	l.gone += more.gone
}

// begin numbers a gap. waiting is how many notices wait. It is not fresh if it was told
// before, because it stands for others.
func (l *ledger) begin(g events.Gap, waiting int) (_ events.Gap, fresh bool) {
	whole := l.families != nil && g.Families == nil
	if whole {
		g.Families = l.families(g.Lane)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.many != nil:
		return l.joinLocked(g), false
	case len(l.open) >= mostOpen || waiting >= mostWait:
		l.many = &crowd{number: l.number + 1, open: 1}
		g.Cause, g.Lane = events.GapByMany, events.AnyPriority
	}
	l.number++
	g.Number, g.Stage, g.Lost = l.number, events.GapOpened, 0
	l.open = append(l.open, account{gap: g, before: l.backfilled, whole: whole})
	return g, true
}

// A crowd is what one gap stands for.
type crowd struct {
	number uint64    // of the gap
	open   int       // those that are not over
	to     time.Time // when the last of the others was
}

// joinLocked has the gap that stands for all stand for g, too.
func (l *ledger) joinLocked(g events.Gap) events.Gap {
	l.many.open++
	i := l.indexLocked(l.many.number)
	if i < 0 { // cannot be: it is not closed before all are
		return g
	}
	a := &l.open[i]
	a.gap.Families = union(a.gap.Families, g.Families)
	if g.From.Before(a.gap.From) {
		a.gap.From = g.From
	}
	return a.gap
}

// indexLocked returns the place of an open gap, negative if it is over.
func (l *ledger) indexLocked(number uint64) int {
	return slices.IndexFunc(l.open, func(a account) bool { return a.gap.Number == number && a.closed == 0 })
}

// close notes that events flow again, and returns what is to be told: nothing if
// the gap was over, its outcome too if nothing can be done about it. waiting is as in
// begin.
func (l *ledger) close(g events.Gap, to time.Time, lost losses, waiting int) (notices []events.Gap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := l.indexLocked(g.Number)
	if i < 0 {
		return nil
	}
	a := &l.open[i]
	a.losses.add(lost)
	if a.gap.Cause == events.GapByOverflow || a.gap.Cause == events.GapByMany {
		a.gap.Dropped = a.losses.total()
	}
	if l.many != nil && l.many.number == g.Number {
		l.many.open--
		if to.After(l.many.to) {
			l.many.to = to
		}
		return l.relieveLocked(waiting)
	}
	return l.closeLocked(i, to)
}

// relieve closes the gap that stands for others if these are over and there is room
// again.
func (l *ledger) relieve(waiting int) (notices []events.Gap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.relieveLocked(waiting)
}

func (l *ledger) relieveLocked(waiting int) (notices []events.Gap) {
	if l.many == nil || l.many.open > 0 || len(l.open) > mostOpen/2 || waiting > mostWait/2 {
		return nil
	}
	i, to := l.indexLocked(l.many.number), l.many.to
	l.many = nil
	if i < 0 {
		return nil
	}
	return l.closeLocked(i, to)
}

func (l *ledger) closeLocked(i int, to time.Time) (notices []events.Gap) {
	a := &l.open[i]
	if a.whole {
		a.gap.Families = union(a.gap.Families, l.families(a.gap.Lane)) // wanted since
	}
	a.gap.Stage, a.gap.To = events.GapClosed, to
	if to.Before(a.gap.From) {
		a.gap.To = a.gap.From
	}
	l.closings++
	a.closed = l.closings
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
