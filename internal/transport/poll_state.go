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

// A state is one of the four families that are read in rotation.
type state struct {
	typ   events.Type
	what  read
	ask   func(r *round) (e events.Event, ok bool, err error) // ok is false if there is nothing to say
	read  time.Time                                           // when it last succeeded
	tried time.Time                                           // when it was last asked for
}

// stateReads lists the four families.
func (*pollStream) stateReads() []state {
	return []state{
		{typ: events.TypeDiversityUpdated, what: readDiversity, ask: func(r *round) (events.Event, bool, error) {
			e, err := r.rest.Diversity(r.ctx, rest.State)
			return e, true, err
		}},
		{typ: events.TypeEnergyUpdated, what: readEnergy, ask: func(r *round) (events.Event, bool, error) {
			e, err := r.rest.Energy(r.ctx, rest.State)
			return e, true, err
		}},
		{typ: events.TypeAdmissibilityUpdated, what: readAdmissibility, ask: func(r *round) (events.Event, bool, error) {
			return wrap(r.rest.Admissibility(r.ctx, rest.State))
		}},
		{typ: events.TypeEconomicsUpdated, what: readEconomics, ask: func(r *round) (events.Event, bool, error) {
			e, err := r.rest.Economics(r.ctx, rest.State)
			return e, true, err
		}},
	}
}

func wrap[E events.Event](e E, ok bool, err error) (events.Event, bool, error) { return e, ok, err }

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
		if !st.tried.IsZero() && (i >= turns || r.first) || !r.room(rest.State) {
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

func (r *round) readState(st *state) {
	var e events.Event
	var something bool
	st.tried = time.Now()
	ok := r.read(st.what, rest.State, func() (err error) {
		e, something, err = st.ask(r)
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
	e = timed(e, events.Timestamp{})
	if last, ok := r.shown[t]; ok && reflect.DeepEqual(last, e) {
		return
	}
	r.shown[t] = e
	r.push(r.event(timed(e, r.stamp())))
}

// timed returns a state with another timestamp.
func timed(e events.Event, at events.Timestamp) events.Event {
	switch e := e.(type) {
	case events.TipsUpdated:
		e.Timestamp = at
		return e
	case events.KCoreUpdated:
		e.Timestamp = at
		return e
	case events.DiversityUpdated:
		e.Timestamp = at
		return e
	case events.EnergyUpdated:
		e.Timestamp = at
		return e
	case events.AdmissibilityUpdated:
		e.Timestamp = at
		return e
	case events.EconomicsUpdated:
		e.Timestamp = at
		return e
	default:
		return e
	}
}
