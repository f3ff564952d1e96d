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
	next  time.Time // when it is to be read again, whatever happens; zero: only when it is due
	retry backoff
	shown events.Event // the last one handed on, its time left out
	live  uint64       // live events that had come by then
	fresh bool         // what was delivered last is no older than the connection
	beats uint64       // live events when next was set
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

// restates has the families read that the new mode, or the new connection, gives
// cause to.
func (t *turn) restates() {
	for i, typ := range stateTypes() {
		r := &t.reads[i]
		r.next, r.retry, r.beats = time.Time{}, backoff{}, t.states[i].live.Load()
		r.fresh = t.now.mode == Polling
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

// readStates reads one family that is due. It returns when to go on.
func (t *turn) readStates() time.Time {
	var next time.Time
	for i, typ := range stateTypes() {
		if !t.wants(typ) {
			t.states[i].due.Store(false)
			continue
		}
		at := t.stateAt(i, typ)
		if at.IsZero() || time.Now().Before(at) {
			next = earlier(next, at)
			continue
		}
		ok, at := t.afford(rest.State, &t.hungry)
		if !ok {
			return earlier(next, at)
		}
		t.readState(i, typ)
		return time.Now()
	}
	return next
}

// stateAt returns when a family is to be read; zero: it is not.
func (t *turn) stateAt(i int, typ events.Type) time.Time {
	r := &t.reads[i]
	if live := t.states[i].live.Load(); t.period(typ) == quietEvery && live != r.beats && r.fresh {
		r.next, r.beats = time.Now().Add(quietEvery), live // the stream tells
	}
	at := r.next
	if t.states[i].due.Load() {
		at = time.Now()
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
	}
	var e events.Event
	something := false
	err := t.ask(question(typ), func(ctx context.Context) (err error) {
		e, something, err = t.cfg.REST.State(ctx, rest.State, typ)
		return err
	})
	switch {
	case errors.Is(err, errLacking):
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
	now := t.cfg.REST.Now()
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
