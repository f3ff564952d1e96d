package client_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// notices checks that every notice came as often as it was said, but for those
// that a gap covers and those that were lost inside one beat.
func (e *evidence) notices() (wrong []string) {
	for _, env := range e.envs {
		if !e.story.wants(env.Type) {
			wrong = append(wrong, fmt.Sprintf("%s came, and nobody wants it", env.Type))
		}
	}
	for key, at := range e.came() {
		if len(e.story.notices[key]) == 0 {
			wrong = append(wrong, fmt.Sprintf("%d of a notice that never was: %q", len(at), key))
		}
	}
	for _, a := range e.accounts() {
		at := a.at.Sub(e.story.connected)
		if missing := a.said - a.came; missing > a.excused {
			wrong = append(wrong, fmt.Sprintf("%s, lane %v, at %v: said %d times, came %d times, and no gap covers it",
				a.key, a.lane, at, a.said, a.came))
		}
		if doubles := a.came - a.said; doubles > a.doubles {
			wrong = append(wrong, fmt.Sprintf("%s, lane %v, at %v: said %d times, came %d times",
				a.key, a.lane, at, a.said, a.came))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// came returns when each notice came, by the host's clock.
func (e *evidence) came() map[string][]time.Time {
	came := make(map[string][]time.Time)
	for _, env := range e.envs {
		if env.Type.Family() == events.Notice {
			came[noticeKey(env)] = append(came[noticeKey(env)], env.Received)
		}
	}
	return came
}

// An account is what became of one notice that is wanted.
type account struct {
	key     string
	lane    events.Priority
	at      time.Time // when it was said first
	said    int
	came    int
	excused int // may be missing
	unseen  int // of these: the server dropped them where nobody can see it
	doubles int // may have come too often
}

func (e *evidence) accounts() (all []account) {
	came := e.came()
	for key, said := range e.story.notices {
		if !e.story.wants(said[0].typ) {
			continue
		}
		a := account{key: key, lane: said[0].typ.Lane(), at: said[0].at, said: len(said), came: len(came[key])}
		for _, n := range said {
			switch {
			case e.covered(n):
				a.excused++
			case e.lostUnseen(n):
				a.excused++
				a.unseen++
			}
		}
		a.doubles = e.doubled(said[0].typ, came[key])
		all = append(all, a)
	}
	return all
}

// underWay is when a notice may have reached the client: later than it was said
// if the link was frozen or the socket deaf.
func (e *evidence) underWay(n notice) span {
	way := span{n.at, n.at}
	for _, f := range e.story.faults {
		slow := f.kind == faultFreeze || f.kind == faultBurst
		if slow && way.meets(span{f.from, f.to.Add(deafFor)}, 0) {
			way.to = later(way.to, f.to.Add(deafFor))
		}
	}
	return way
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// covered reports whether a gap tells that n may be missing.
func (e *evidence) covered(n notice) bool {
	for _, s := range e.polled {
		if s.meets(span{n.at, n.at}, 0) && (e.story.polling || e.hasGap(n, events.GapByPolling)) {
			return true
		}
	}
	return e.hasGap(n, "")
}

// doubled returns how many of the notices that came at these times may be doubles,
// by what a gap tells.
func (e *evidence) doubled(typ events.Type, came []time.Time) (doubles int) {
	for _, at := range came {
		if n := (notice{at, typ}); e.hasGap(n, events.GapBySwitch) || e.hasGap(n, events.GapByDeaf) {
			doubles++
		}
	}
	return doubles
}

// hasGap reports whether there is a gap of a cause, any if that is empty, on n's
// lane and around its time.
func (e *evidence) hasGap(n notice, cause events.GapCause) bool {
	return slices.ContainsFunc(e.gaps, func(g events.Gap) bool {
		ends := g.Stage != events.GapOpened || !e.closes(g.Number)
		to := g.To
		if to.IsZero() {
			to = n.at
		}
		return ends && (cause == "" || cause == g.Cause) && (g.Lane == events.AnyPriority || g.Lane == n.typ.Lane()) &&
			(span{g.From, to}).meets(e.underWay(n), beatEvery[n.typ.Lane()])
	})
}

func (e *evidence) closes(number uint64) bool {
	return slices.ContainsFunc(e.gaps, func(g events.Gap) bool { return g.Number == number && g.Stage == events.GapClosed })
}

// lostUnseen reports whether the server dropped n where nobody can see it: the
// server's books say so, and the beats around it are no hole.
func (e *evidence) lostUnseen(n notice) bool {
	at, lane, lost := n.at.Add(e.story.skew), n.typ.Lane(), false
	typ, beats := beatType[lane]
	beats = beats && e.story.node
	for _, l := range e.story.losses {
		// All beats between After and Before were lost, so that no others are nearer.
		isHole := beats && l.Before.Sub(l.After) > beatEvery[lane]+beatSlack+time.Second
		lost = lost || l.Lane == lane && !at.Before(l.After) && !at.After(l.Before) && !isHole
	}
	if !lost || !beats || !e.story.wants(typ) {
		return lost
	}
	var before, behind time.Time
	for _, env := range e.envs {
		if env.Type != typ || env.Origin != events.OriginLive {
			continue
		}
		if !env.Time.After(at) {
			before = later(before, env.Time)
		} else if behind.IsZero() || env.Time.Before(behind) {
			behind = env.Time
		}
	}
	if before.IsZero() || behind.IsZero() {
		return false
	}
	return behind.Sub(before) <= beatEvery[lane]+beatSlack ||
		e.overflowed(lane, span{before.Add(-e.story.skew), behind.Add(-e.story.skew)})
}

// overflowed reports whether the client may have dropped beats that it had seen.
func (e *evidence) overflowed(lane events.Priority, when span) bool {
	return slices.ContainsFunc(e.gaps, func(g events.Gap) bool {
		return g.Cause == events.GapByOverflow && g.Lane == lane && g.Stage == events.GapClosed &&
			when.meets(span{g.From, g.To}, time.Second)
	})
}
