package transport

import (
	"reflect"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// stateEvery is how old a state may become before it is read again. The states
// take turns, so that each poll costs about the same.
const stateEvery = 30 * time.Second

// pressing is the age at which a state is as urgent as facts, and no poll is done
// before it is read.
const pressing = stateEvery + stateEvery/3

// A state is one of the four families that are read in rotation.
type state struct {
	typ   events.Type
	what  read
	read  time.Time // when it last succeeded
	tried time.Time // when it was last asked for
}

// stateReads lists the four families.
func stateReads() []state {
	return []state{
		{typ: events.TypeDiversityUpdated, what: readDiversity},
		{typ: events.TypeEnergyUpdated, what: readEnergy},
		{typ: events.TypeAdmissibilityUpdated, what: readAdmissibility},
		{typ: events.TypeEconomicsUpdated, what: readEconomics},
	}
}

// readTips reads the tips, in each poll: a new message is one of them, or makes
// one of them vanish.
func (r *round) readTips() {
	if r.wantsFacts() || r.wants(events.TypeTipsUpdated) {
		r.tips()
	}
}

// tips reads them if nobody wants them, too.
func (r *round) tips() bool {
	var ids []string
	ok := r.read(readTips, rest.Fact, func() (err error) {
		ids, err = r.rest.Tips(r.ctx, rest.Fact)
		return err
	})
	if !ok {
		return false
	}
	if r.wantsFacts() {
		r.books.Tips(ids)
	}
	if r.wants(events.TypeTipsUpdated) {
		r.showState(events.TypeTipsUpdated, rest.TipsUpdated(ids, events.Timestamp{}))
	}
	return true
}

// readCount reads the count of final messages, in each poll.
func (r *round) readCount() {
	final := r.wants(events.TypeMessageFinalized)
	if !final && !r.wants(events.TypeKCoreUpdated) {
		return
	}
	var k rest.KCore
	counted := r.read(readKCore, rest.Fact, func() (err error) {
		k, err = r.rest.KCore(r.ctx, rest.Fact)
		return err
	})
	if !counted {
		return
	}
	if final {
		r.books.Counted(r.now(), k.FinalizedCount)
		r.books.Hint(k.Recent)
	}
	if r.wants(events.TypeKCoreUpdated) {
		r.showState(events.TypeKCoreUpdated, k.KCoreUpdated)
	}
}

// readStates reads the states that are due: in the first poll all of them, later
// as many as it takes to have each every 30 s, those first that were asked for
// longest ago. The first poll may take several rounds for that.
func (r *round) readStates() {
	var due []*state
	for i := range r.states {
		st := &r.states[i]
		if r.wants(st.typ) && !r.lacking(st.what) && time.Since(st.read) >= stateEvery-r.interval/2 {
			due = append(due, st)
		}
	}
	slices.SortStableFunc(due, func(a, b *state) int { return a.tried.Compare(b.tried) })
	turns := int((time.Duration(len(r.states))*r.interval + stateEvery - 1) / stateEvery)
	for i, st := range due {
		if !st.tried.IsZero() && (i >= turns || r.first) || !r.room(st.class()) {
			return
		}
		r.readState(st)
		if r.first {
			// From here on they take turns.
			r.turn++
			st.read = r.start.Add(time.Duration(r.turn)*r.interval - stateEvery)
		}
	}
}

// class is how urgent it is to read it.
func (st *state) class() rest.Class {
	if !st.read.IsZero() && time.Since(st.read) >= pressing {
		return rest.Fact
	}
	return rest.State
}

// pressing reports whether there is a state that is to be read before another poll
// begins.
func (r *round) pressing() bool {
	return slices.ContainsFunc(r.states, func(st state) bool {
		return r.wants(st.typ) && !r.lacking(st.what) && st.class() == rest.Fact
	})
}

func (r *round) readState(st *state) {
	var e events.Event
	var something bool
	st.tried = time.Now()
	class := st.class()
	ok := r.read(st.what, class, func() (err error) {
		e, something, err = r.rest.State(r.ctx, class, st.typ)
		return err
	})
	if !ok {
		return
	}
	st.read = st.tried
	if something {
		r.showState(st.typ, e)
	}
}

// showState hands a state on if it differs from the last one, times aside.
func (r *round) showState(t events.Type, e events.Event) {
	e = rest.Stamped(e, events.Timestamp{})
	if last, ok := r.shown[t]; ok && reflect.DeepEqual(last, e) {
		return
	}
	r.shown[t] = e
	r.push(r.event(rest.Stamped(e, r.stamp())))
}
