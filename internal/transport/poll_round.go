package transport

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// roundTime is how long one round goes on: the answer that is under way then is
// its last.
const roundTime = 5 * time.Second

// patience is how long a read waits for the budget while what was read before it in
// the round waits, too. It is late then, and what comes next is not.
const patience = time.Second

// A step is a part of a poll.
type step struct {
	run   func(*round)
	whole bool // in the first poll the next step waits until this one is done
}

// The steps of a poll, in their order.
func pollSteps() []step {
	return []step{
		{run: (*round).readTips},
		{run: (*round).readCount},
		{run: (*round).readStates, whole: true},
	}
}

// A round is as much of a poll as can be done at once: usually all of it. With a
// small budget, or a slow server, a poll takes several rounds, each of which ends
// with a sign of life; so no step waits for ever for those before it.
type round struct {
	*pollStream

	ctx   context.Context
	start time.Time
	want  []events.Type

	answers int   // reads that succeeded
	begun   int   // reads of this step
	network int   // reads that got no answer
	failed  error // the first that did not succeed
	over    error // the stream is to end
	stopped bool  // no more reads in this round: the server would not answer
	short   bool  // no more reads in this round: there is no time for them
}

// poll makes one round and queues what it brings. It fails if the server wants
// to be left alone, and if none of the reads of a poll succeeded; those that
// failed are made again in the next one.
func (s *pollStream) poll(ctx context.Context) error {
	r := &round{pollStream: s, ctx: ctx, start: time.Now(), want: s.wanted()}
	fresh := s.at == 0
	r.steps()
	if !fresh && r.answers == 0 && r.failed == nil {
		r.steps() // there was nothing left to be done of the poll before
	}
	if r.answers == 0 && r.failed == nil {
		r.signOfLife()
	}
	s.due = r.start.Add(s.interval)
	// A round that took long is followed by a pause nevertheless.
	const breath = 5
	if earliest := time.Now().Add(s.interval / breath); s.due.Before(earliest) {
		s.due = earliest
	}
	return r.close(fresh)
}

// steps makes those steps of the poll that are left.
func (r *round) steps() {
	all := pollSteps()
	for r.at < len(all) {
		now := all[r.at]
		r.begun = 0
		now.run(r)
		if r.ctx.Err() != nil || r.short && r.stays(now) {
			return
		}
		r.at++
		if r.short || r.stopped {
			return
		}
	}
	r.at = 0
	r.first = false
}

// stays reports whether the next round begins with the step for which there was no
// time in this one. One that has begun goes on in the next poll, so that one with
// much to do does not keep the others waiting; and states that are not pressing are
// left to the next poll whether they have begun or not, so that it is not late.
func (r *round) stays(s step) bool {
	switch {
	case s.whole && r.first:
		return true
	case s.whole:
		return r.begun == 0 && r.pressing()
	default:
		return r.begun == 0
	}
}

// close ends the round. fresh says that it was the beginning of a poll.
func (r *round) close(fresh bool) error {
	switch err := r.ctx.Err(); {
	case r.over != nil:
		return r.over
	case err != nil && (r.answers == 0 || !errors.Is(err, context.DeadlineExceeded)):
		return context.Cause(r.ctx)
	case r.answers > 0:
		r.mute = false
		r.push(Frame{Message: wire.Message{Kind: wire.Alive, Time: r.now()}})
		return nil
	case fresh || r.mute:
		return r.failed
	default:
		// What failed may be all that was left of the poll. A new one decides.
		r.mute, r.at = true, 0
		return nil
	}
}

// signOfLife reads something in a poll in which nothing is due.
func (r *round) signOfLife() {
	if r.tips() {
		return
	}
	for i := range r.states {
		if st := &r.states[i]; r.wants(st.typ) && !r.lacking(st.what) {
			r.readState(st)
			return
		}
	}
}

// wants reports whether one of the types is wanted.
func (r *round) wants(types ...events.Type) bool {
	return slices.ContainsFunc(types, func(t events.Type) bool { return slices.Contains(r.want, t) })
}

// wantsFacts reports whether messages are to be read.
func (r *round) wantsFacts() bool {
	return r.wants(events.TypeMessageAdded, events.TypeMessageFinalized)
}

// room reports whether another read may be made in this round: the first one
// always, and waits for the budget as long as it takes; the others while there is
// time for them.
func (r *round) room(class rest.Class) bool {
	if r.stopped || r.short {
		return false
	}
	wait := r.rest.Delay(class)
	r.short = r.answers > 0 && (wait > patience || time.Since(r.start)+wait >= roundTime)
	return !r.short
}
