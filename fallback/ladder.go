package fallback

import (
	"math/rand/v2"
	"slices"
	"time"
)

// shortLives is how many connections in a row may be dropped without having
// become good before their transport is left.
const shortLives = 3

// An Outcome is how an attempt or a connection ended.
type Outcome struct {
	Transport Transport
	Kind      Kind
	Good      bool // it had become good; the same as a call of Good before

	// RetryAfter is how long the server asked to stay away, 0 if it did not. It
	// keeps this transport alone from being tried, if that is WebSocket or SSE.
	// If it is Polling, it was said about plain requests, which is what any
	// attempt begins with: no transport is tried before that. It counts to
	// Policy.MaxRetryAfter and is lengthened by up to a quarter, so that those who
	// were told the same do not come back at the same moment; at the cap it is
	// shortened instead.
	RetryAfter time.Duration
}

// A Step is what to do next: wait, then try Transport.
type Step struct {
	Wait      time.Duration // 0 or more
	Endpoint  int           // of a Pool, from 0; a Ladder has but one
	Transport Transport     // never None
}

// A Ladder decides which transport to try next and when. Make one with New; a run
// of attempts begins with First, and each end of an attempt or connection is
// answered by Next. Times handed in must come from one clock.
//
// A Ladder is not safe for concurrent use: it belongs to the loop that asks it.
type Ladder struct {
	policy  Policy
	rand    func() float64
	rungs   []rung
	current int
	delay   delay // between two attempts at the current rung, and two passes

	lives   int       // short ones in a row, on the current rung
	good    bool      // the running connection became good
	fresh   bool      // no wait since a connection was good
	host    time.Time // by Retry-After, no transport is tried before
	proved  bool      // some connection has been usable
	refused bool      // the last pass was refused by every transport
}

// New returns a Ladder for p. Mistakes in p, which Validate would name, count as
// zero. random returns the next of a series of numbers in [0, 1); nil means
// rand.Float64 of math/rand/v2.
func New(p Policy, random func() float64) *Ladder {
	if random == nil {
		random = rand.Float64
	}
	p = p.usable()
	l := &Ladder{policy: p, rand: random, delay: newDelay(p.MinDelay, p.MaxDelay, random)}
	first, last := p.MinDelay, p.MaxDelay
	if p.Promote > 0 {
		first, last = min(first, p.Promote), min(last, p.Promote)
	}
	for _, t := range p.Order {
		l.rungs = append(l.rungs, rung{transport: t, delay: newDelay(first, last, random)})
	}
	return l
}

// First returns the first attempt: the best transport that is not cooling, at once.
func (l *Ladder) First(now time.Time) Step {
	l.good, l.lives = false, 0
	l.current = l.top(now, now)
	return l.step(now, 0)
}

// Next returns what to do now that last has ended.
//
// After proof that the transport does not work (all kinds but Dropped) that is
// the next lower transport that is not cooling, at once; after a drop the same
// transport, after a wait, unless this was the third in a row that had not become
// good, or the transport may not be tried again soon; and below the last rung the
// best transport that is not cooling, after a wait.
func (l *Ladder) Next(now time.Time, last Outcome) Step {
	if i := l.find(last.Transport); i >= 0 {
		l.current = i
	}
	if last.Good {
		l.Good(now)
	}
	good := l.good
	l.good, l.refused = false, false

	r := &l.rungs[l.current]
	l.ended(now, r, last)
	r.refused = last.Kind == Refused
	if last.Kind == Dropped {
		l.proved = true
		if !good {
			l.lives++
		}
		if l.lives < shortLives && l.soon(now, r) {
			return l.step(now, l.wait())
		}
	}
	l.lives = 0
	for i := l.current + 1; i < len(l.rungs); i++ {
		if !l.free(now, &l.rungs[i]).After(now) {
			l.current = i
			return l.step(now, 0)
		}
	}
	return l.restart(now)
}

// Good says that the connection of the current transport became good. The waits
// begin again with the shortest, and what was held against the transports of this
// pass is forgotten. The ladder stays on this rung: it has proved itself, and how
// to get to a better one is for Better to say.
func (l *Ladder) Good(now time.Time) {
	l.good, l.fresh, l.proved = true, true, true
	l.lives = 0
	l.delay.reset()
	for i := range l.rungs {
		l.rungs[i].refused = false
	}
	r := &l.rungs[l.current]
	r.delay.reset()
	r.retry, r.cool, r.denied = now, time.Time{}, false
}

// Better returns the transport above the current one that is to be tried next,
// and when, now or later. It is None if there is nothing better, or if the policy
// wants no promotion. One that was refused or silent is due again after
// Policy.Promote, at first less up to a quarter of it, so that those who were
// refused together do not come back together, and from then on less up to a
// sixtieth, so that it is not asked more often than that. One that failed, was
// busy or was dropped is due after waits that grow like those of Next.
//
// Asking changes nothing. The caller tries it beside the running connection, says so
// with Tried, and reports with Failed or Promoted.
func (l *Ladder) Better(now time.Time) (Transport, time.Time) {
	if l.policy.Promote < 0 {
		return None, time.Time{}
	}
	return l.due(now, l.current)
}

// Tried says that t is being tried beside the current transport, because Better named
// it or for another reason: it counts as an attempt, whatever becomes of it.
func (l *Ladder) Tried(now time.Time, t Transport) {
	if i := l.find(t); i >= 0 {
		l.rungs[i].start(now)
	}
}

// Failed says that a try of the transport that Better named ended before it
// became good.
func (l *Ladder) Failed(now time.Time, try Outcome) {
	if i := l.find(try.Transport); i >= 0 {
		l.ended(now, &l.rungs[i], try)
	}
}

// Promoted says that t became good beside the current transport and takes its
// place. The end of the connection that it replaces is not reported to Next.
func (l *Ladder) Promoted(now time.Time, t Transport) {
	if i := l.find(t); i >= 0 {
		l.current = i
		l.Good(now)
	}
}

// Refused reports whether, as of the last Next, every transport of the policy has
// been refused in one pass while no connection has ever been usable: there is
// nothing to hope for, and a caller may give up. One that does not is asked to
// wait about MaxDelay between such passes.
func (l *Ladder) Refused() bool { return l.refused && !l.proved }

// find returns the index of the rung of t, or -1.
func (l *Ladder) find(t Transport) int {
	return slices.IndexFunc(l.rungs, func(r rung) bool { return r.transport == t })
}

// wait draws the next wait of the loop.
func (l *Ladder) wait() time.Duration {
	if l.fresh {
		l.fresh = false
		return l.delay.shortest()
	}
	return l.delay.next()
}

// ended notes what the end of an attempt at r says about the next ones.
func (l *Ladder) ended(now time.Time, r *rung, o Outcome) {
	denied := o.Kind == Refused || o.Kind == Silent
	switch {
	case !denied:
		r.retry = now.Add(r.delay.next())
	case r.denied:
		r.retry = now.Add(l.nearly(l.policy.Promote, 60))
	default:
		r.retry = now.Add(l.nearly(l.policy.Promote, 4))
	}
	r.denied = denied
	if o.RetryAfter <= 0 || l.policy.MaxRetryAfter <= 0 {
		return
	}
	longest := l.policy.MaxRetryAfter
	spread := min(max(o.RetryAfter/4, l.policy.MinDelay), l.policy.MaxDelay, longest)
	asked := min(o.RetryAfter, longest-spread)
	r.cool = later(r.cool, now.Add(between(asked, asked+spread, l.rand)))
	if o.Transport == Polling {
		l.host = later(l.host, r.cool)
	}
}

// nearly draws from the last part of d, one of so many.
func (l *Ladder) nearly(d time.Duration, parts int) time.Duration {
	d = max(d, 0)
	return between(d-d/time.Duration(parts), d, l.rand)
}

// free returns when r may be tried: when a server's Retry-After has passed, and
// when it has not been tried too often. Both are bounded from now, whatever the
// clock did meanwhile.
func (l *Ladder) free(now time.Time, r *rung) time.Time {
	rested := earlier(r.rested(), now.Add(l.policy.MaxDelay))
	asked := earlier(later(r.cool, l.host), now.Add(max(l.policy.MaxRetryAfter, 0)))
	return later(rested, asked)
}

// soon reports whether it is worth waiting for r to be free, although there may be
// lower rungs that are.
func (l *Ladder) soon(now time.Time, r *rung) bool {
	return !r.rested().After(now.Add(l.policy.MinDelay)) && !l.free(now, r).After(now.Add(l.policy.MaxDelay))
}

// restart ends a pass: a wait, and then the best rung that is not cooling, or
// else the one that is free first.
func (l *Ladder) restart(now time.Time) Step {
	wait := l.wait()
	l.refused = !slices.ContainsFunc(l.rungs, func(r rung) bool { return !r.refused })
	if l.refused {
		wait = l.nearly(l.policy.MaxDelay, 4)
	}
	for i := range l.rungs {
		l.rungs[i].refused = false
	}
	l.current = l.top(now, now.Add(wait))
	return l.step(now, wait)
}

// top returns the best rung that is free at start, or else the one that is free first.
func (l *Ladder) top(now, start time.Time) (index int) {
	for i := range l.rungs {
		free := l.free(now, &l.rungs[i])
		if best := l.free(now, &l.rungs[index]); best.After(start) && free.Before(best) {
			index = i
		}
	}
	return index
}

// open returns when First would begin.
func (l *Ladder) open(now time.Time) time.Time { return l.free(now, &l.rungs[l.top(now, now)]) }

// due returns which of the best n rungs is to be tried beside a connection of another
// endpoint, and when, now or later.
func (l *Ladder) due(now time.Time, n int) (best Transport, due time.Time) {
	for i := range l.rungs[:n] {
		r := &l.rungs[i]
		at := later(now, later(r.retry, l.free(now, r)))
		if best == None || at.Before(due) {
			best, due = r.transport, at
		}
	}
	return best, due
}

// step ends each decision: an attempt at the current rung after wait, or when the
// rung is free if that is later.
func (l *Ladder) step(now time.Time, wait time.Duration) Step {
	r := &l.rungs[l.current]
	wait = max(wait, l.free(now, r).Sub(now))
	r.start(now.Add(wait))
	return Step{Wait: wait, Transport: r.transport}
}
