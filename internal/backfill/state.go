package backfill

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

const (
	// stateEvery is how often the families are read that a node samples differently on
	// its stream, or never sends there.
	stateEvery = time.Minute

	// quietEvery is how often the others are read where no event of them comes: a
	// server that tells of changes only may have dropped the last one.
	quietEvery = 2 * time.Minute
)

// A reading is what is known about the reads of a family.
type reading struct {
	wanted bool
	next   time.Time // when it is to be read again, whatever happens; zero: only when it is due
	retry  backoff
	shown  events.Event // the last one handed on, its time left out; nil: nobody has it
	live   uint64       // live events that had come by then
	apart  bool         // it was read since the connection came
	fresh  bool         // what was delivered last is no older than the connection, or there is none
	beats  uint64       // live events when next was set
}

// stateTypes are the families in the order of their numbers.
func stateTypes() [families]events.Type {
	return [families]events.Type{
		events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeDiversityUpdated,
		events.TypeEnergyUpdated, events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated,
	}
}

// period returns how often a family is read whatever happens; 0: it is not.
func (t *turn) period(typ events.Type) time.Duration {
	switch {
	case t.now.mode == Dead:
		return deadEvery
	case t.now.mode != Stream:
		return 0
	case typ == events.TypeAdmissibilityUpdated || typ == events.TypeEconomicsUpdated:
		return stateEvery
	default:
		return quietEvery
	}
}

// restates has the families read anew that are wanted since this turn; all of them
// after a change of the mode or of the connection.
func (t *turn) restates(all bool) {
	for i, typ := range stateTypes() {
		r, wanted := &t.reads[i], t.wants(typ)
		if !all && wanted == r.wanted {
			continue
		}
		polling := t.now.mode == Polling
		if polling || wanted != r.wanted {
			r.shown = nil // the transport hands on others; and who is new has none
		}
		r.wanted, r.fresh, r.beats = wanted, polling, t.states[i].live.Load()
		r.next, r.retry, r.apart = time.Time{}, backoff{}, false
		if t.period(typ) > 0 {
			r.next = time.Now()
		}
	}
}

// isFresh reports whether the newest of each wanted family was delivered since the
// connection came, and since the last hole.
func (t *turn) isFresh() bool {
	for i, typ := range stateTypes() {
		r, s := &t.reads[i], &t.states[i]
		if !t.wants(typ) || t.lacks(question(typ)) {
			continue
		}
		if s.due.Load() || !r.fresh && s.live.Load() == r.beats {
			return false
		}
	}
	return true
}

// readStates reads the family that is due for longest: with few requests a minute
// each has its turn. It returns when to go on.
func (t *turn) readStates() time.Time {
	var first time.Time
	var which int
	for i, typ := range stateTypes() {
		if !t.wants(typ) {
			continue
		}
		if at := t.stateAt(i, typ); first.IsZero() || !at.IsZero() && at.Before(first) {
			first, which = at, i
		}
	}
	if first.IsZero() || time.Now().Before(first) {
		return first
	}
	if ok, at := t.afford(rest.State, &t.hungry); !ok {
		return at
	}
	t.readState(which, stateTypes()[which])
	return time.Now()
}

// stateAt returns when a family is to be read; zero: it is not.
func (t *turn) stateAt(i int, typ events.Type) time.Time {
	r := &t.reads[i]
	if live := t.states[i].live.Load(); t.period(typ) == quietEvery && live != r.beats {
		r.next, r.beats, r.fresh = time.Now().Add(quietEvery), live, true // the stream tells
	}
	at := r.next
	if t.states[i].due.Load() {
		at = earlier(at, time.Now())
	}
	if at.IsZero() {
		return at
	}
	for _, not := range []time.Time{r.retry.until, t.gone[question(typ)]} {
		if at.Before(not) {
			at = not
		}
	}
	return at
}

// readState reads a family and hands it on, unless a live event of it came in the
// meantime, or it is as it was at the last time.
func (t *turn) readState(i int, typ events.Type) {
	r, s := &t.reads[i], &t.states[i]
	live, due := s.live.Load(), s.due.Swap(false)
	if every := t.period(typ); every > 0 {
		r.next = time.Now().Add(every)
		if !r.apart {
			r.next = r.next.Add(-t.early(every))
		}
		r.apart = true
	}
	var e events.Event
	something := false
	err := t.ask(question(typ), func(ctx context.Context) (err error) {
		e, something, err = t.now.rest.State(ctx, rest.State, typ)
		return err
	})
	switch {
	case errors.Is(err, errLacking):
		r.fresh = true // there is nothing to wait for
		return
	case err != nil:
		if due && s.live.Load() == live {
			s.due.Store(true)
		}
		t.failed(&r.retry, err)
		if !r.next.IsZero() {
			r.next = earlier(r.next, r.retry.until)
		}
		return
	}
	r.retry = backoff{}
	if tips, ok := e.(events.TipsUpdated); ok && wantsFacts(t.now.types) {
		t.tips(append([]string(nil), tips.Tips...))
	}
	r.fresh = true
	if !something || s.live.Load() != live {
		return
	}
	now := t.now.rest.Now()
	e = rest.Stamped(e, events.Timestamp{})
	if !due && live == r.live && reflect.DeepEqual(r.shown, e) {
		return
	}
	env := envelope(rest.Stamped(e, stamp(now)), now, events.OriginState)
	if env.Data == nil || t.ctx.Err() != nil {
		return
	}
	r.shown, r.live = e, live
	_ = t.cfg.Fill(t.life, env) // the end of the run
}
