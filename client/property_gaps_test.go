package client_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// How long after a fault its gaps may last, by what the docs say.
const (
	reconnectFor = 10 * time.Second  // a stream that was good comes back in a second; a short-lived one in a few
	retryFor     = 90 * time.Second  // the longest wait between two attempts, and a dial that hangs
	promoteFor   = 130 * time.Second // a better transport is tried each minute, proves itself in 30 s and is matched in 15 s
	deafFor      = 15 * time.Second  // two and a half beats, a pair of pings, one more beat
	overlapFor   = 15 * time.Second  // two connections are compared
)

// promotion says which gaps the loss of a stream may cause: it comes back, or a
// lower transport takes over until a better one does, which hands on in one go what
// it has kept.
func promotion(reconnect time.Duration) map[events.GapCause]time.Duration {
	return map[events.GapCause]time.Duration{
		events.GapByDisconnect: reconnect, events.GapByPolling: promoteFor,
		events.GapBySwitch: promoteFor, events.GapByOverflow: promoteFor,
	}
}

// gapsOf says which gaps a fault may cause, and how long after its end they last.
var gapsOf = map[faultKind]map[events.GapCause]time.Duration{
	faultDrop:     promotion(reconnectFor),
	faultReset:    promotion(reconnectFor),
	faultRestart:  promotion(reconnectFor),
	faultOutage:   promotion(retryFor),
	faultTakeAway: promotion(retryFor),
	faultFreeze: {
		events.GapByDisconnect: retryFor, events.GapByPolling: promoteFor, events.GapBySwitch: promoteFor,
		events.GapByStall: deafFor, events.GapByDeaf: deafFor, events.GapByOverflow: deafFor, events.GapByDead: deafFor,
	},
	faultBurst: {
		events.GapByOverflow: deafFor, events.GapByStall: deafFor, events.GapByDeaf: deafFor,
	},
	faultStall:   {events.GapByOverflow: time.Second},
	faultHistory: {events.GapByDisconnect: reconnectFor, events.GapByHistory: reconnectFor},
	faultDead: {
		events.GapByDead: deafFor, events.GapByStall: deafFor, events.GapByDeaf: deafFor,
		events.GapByDisconnect: deafFor, events.GapBySwitch: promoteFor, events.GapByPolling: promoteFor,
	},
}

// slack is how long before a fault its gap may begin: at the last beat, or, where
// there are none, at the last sign of life.
func (e *evidence) slack() time.Duration {
	if e.story.node {
		return beatEvery[events.Medium] + time.Second
	}
	return 16 * time.Second // pings and heartbeats come each 15 s
}

// stages checks that each gap is opened, closed and settled once, in this order,
// and stays the same one.
func (e *evidence) stages() (wrong []string) {
	notices := make(map[uint64][]events.Gap)
	for _, g := range e.gaps {
		notices[g.Number] = append(notices[g.Number], g)
	}
	order := []events.GapStage{events.GapOpened, events.GapClosed, events.GapSettled}
	for number, told := range notices {
		var stages []events.GapStage
		for _, g := range told {
			stages = append(stages, g.Stage)
			if g.Cause != told[0].Cause || g.Lane != told[0].Lane || !g.From.Equal(told[0].From) {
				wrong = append(wrong, fmt.Sprintf("gap %d changes: %v, then %v", number, told[0], g))
			}
		}
		if !slices.Equal(stages, order) && (!e.mayLast(told[0]) || !slices.Equal(stages, order[:1])) {
			wrong = append(wrong, fmt.Sprintf("gap %d is %v: %v", number, stages, told[len(told)-1]))
			continue
		}
		wrong = append(wrong, outcomes(told[len(told)-1])...)
	}
	slices.Sort(wrong)
	return wrong
}

// mayLast reports whether a gap needs no fault: polling is all that there is.
func (e *evidence) mayLast(g events.Gap) bool {
	return e.story.polling && g.Cause == events.GapByPolling
}

// outcomes checks what is said to have become of a gap.
func outcomes(g events.Gap) (wrong []string) {
	if g.Stage != events.GapSettled {
		return nil
	}
	if g.To.Before(g.From) {
		wrong = append(wrong, fmt.Sprintf("ends before it begins: %v", g))
	}
	switch g.Outcome {
	case events.GapRepaired, events.GapReread:
		if g.Lost != 0 {
			wrong = append(wrong, fmt.Sprintf("lost some and is not unrepairable: %v", g))
		}
	case events.GapUnrepairable:
	default:
		wrong = append(wrong, fmt.Sprintf("no outcome: %v", g))
	}
	return wrong
}

// bounds checks that each gap lies within a fault that explains it, and what it
// takes to recover.
func (e *evidence) bounds() (wrong []string) {
	for _, g := range e.gaps {
		if g.Stage != events.GapClosed || e.mayLast(g) {
			continue
		}
		if !e.explained(g) {
			wrong = append(wrong, fmt.Sprintf("no fault explains %v: from %v to %v after the connect",
				g, g.From.Sub(e.story.connected), g.To.Sub(e.story.connected)))
		}
	}
	return wrong
}

// explained reports whether a gap lies within faults that follow each other, one
// of which has gaps of its cause.
func (e *evidence) explained(g events.Gap) bool {
	return slices.ContainsFunc(e.story.faults, func(f fault) bool {
		recovery, ok := gapsOf[f.kind][g.Cause]
		if !ok {
			return false
		}
		if (g.Cause == events.GapByStall || g.Cause == events.GapByDeaf) && e.promotes(f.to) {
			recovery += overlapFor // the one that is to take over is deaf, too, and not watched before
		}
		whole := e.grown(span{f.from.Add(-e.slack()), f.to.Add(recovery)}, f, g.Cause)
		return !g.From.Before(whole.from) && !g.To.After(whole.to)
	})
}

// promotes reports whether a better transport may be on its way.
func (e *evidence) promotes(at time.Time) bool {
	return slices.ContainsFunc(e.story.faults, func(f fault) bool {
		switches := gapsOf[f.kind][events.GapBySwitch]
		return switches > 0 && !at.Before(f.from) && !at.After(f.to.Add(switches))
	})
}

// grown adds to the time of a fault those of the others that overlap it: recovery
// begins anew with each.
func (e *evidence) grown(s span, but fault, cause events.GapCause) span {
	for more := true; more; {
		more = false
		for _, f := range e.story.faults {
			recovery := max(reconnectFor, gapsOf[f.kind][cause], gapsOf[but.kind][cause])
			if cause == events.GapByDead { // it ends with a beat, and so not before there is a connection
				recovery = max(recovery, gapsOf[f.kind][events.GapByDisconnect]+deafFor)
			}
			o := span{f.from.Add(-e.slack()), f.to.Add(recovery)}
			if s.meets(o, 0) && (o.from.Before(s.from) || o.to.After(s.to)) {
				s.to, more = later(s.to, o.to), s.to.Before(o.to) || o.from.Before(s.from)
				if o.from.Before(s.from) {
					s.from = o.from
				}
			}
		}
	}
	return s
}
