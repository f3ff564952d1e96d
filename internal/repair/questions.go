package repair

import (
	"cmp"
	"time"
)

// Open returns up to n messages to ask about whether they are final. idle is true
// if there is no cause to think so: that is one message every 20 s.
func (b *Books) Open(now time.Time, n int) (ids []string, idle bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(now)
	f := &b.final
	f.readLate(b.now)
	idle = true
	var best []candidate
	calm := int64(0)
	for again := b.finals; again; {
		idle = len(f.hunt.rises) == 0
		isSwept := f.swept != 0 && b.now-f.swept < int64(sweep)
		if idle && f.hints == 0 && b.pending == 0 && isSwept {
			return nil, true
		}
		var s scan
		best, s = b.candidatesLocked(n)
		calm = s.calm
		again = !idle && b.huntLocked(s.left)
		if idle && s.hinted > 0 {
			idle, n = false, min(n, s.hinted)
		} else if idle && isSwept {
			return nil, true
		}
	}
	switch {
	case !idle:
	case len(best) > 0:
		best = best[:1]
		f.swept = b.now
	default:
		f.calm = calm
	}
	for _, c := range best[:min(len(best), n)] {
		ids = append(ids, b.entries.id(c.row))
	}
	return ids, idle
}

// NextOpen returns after how long Open may name something again when it has named
// nothing; not ok: not before something else happens.
func (b *Books) NextOpen(now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(now)
	f := &b.final
	at := int64(endOfTime)
	switch {
	case !b.finals:
	case len(f.hunt.rises) > 0, f.hints > 0, b.pending > 0:
		return 0, true
	case len(f.open) > 0:
		at = max(f.calm, b.now)
		if f.swept != 0 {
			at = max(at, f.swept+int64(sweep))
		}
	}
	if b.finals && f.fresh.at != 0 {
		at = min(at, f.fresh.at+int64(late))
	}
	return time.Duration(max(0, at-b.now)), at != endOfTime
}

// A candidate is an open message that may be asked about now, the better the lower
// its class and its key are.
type candidate struct {
	row   uint32
	class int
	key   float64
	age   int64
}

func (c candidate) compare(d candidate) int {
	return cmp.Or(cmp.Compare(c.class, d.class), cmp.Compare(c.key, d.key), cmp.Compare(c.age, d.age))
}

// A scan is what was seen while looking for candidates.
type scan struct {
	hinted int   // how many of them are hints
	left   bool  // the latest rise has questions to ask yet
	calm   int64 // when the first that is no candidate will be one without cause
}

// candidatesLocked returns the best n open messages that may be asked about. Hints
// come first. In a hunt those that were not asked since the latest rise follow,
// the likely ones first. Without one it is those that were never asked, the youngest
// first, and then those whose last question is longest ago, measured by their age.
func (b *Books) candidatesLocked(n int) (best []candidate, s scan) {
	f := &b.final
	from, usual := f.ages.from(), f.ages.usual()
	latest, on := f.hunt.latest()
	s.calm = endOfTime
	for _, e := range f.open {
		age := b.now - min(e.at, e.seen)
		c := candidate{row: e.row, class: 1, age: age}
		wait := b.now - e.asked
		asks := on && e.asks(latest.at) && !e.has(pending)
		s.left = s.left || asks
		const pause = 2 // half its age
		switch {
		case e.has(hinted), e.has(pending) && wait >= int64(sweep):
			c.class = 0
			s.hinted++
		case !on && !e.has(pending) && age < from:
			s.calm = min(s.calm, b.now+from-age)
			continue
		case e.has(pending), on && !asks, latest.first && age < from:
			continue
		case latest.first:
		case on:
			c.key = latest.unlikely(e, usual)
		case e.asked == 0:
		case wait*pause < age:
			s.calm = min(s.calm, pause*e.asked-min(e.at, e.seen))
			continue
		default:
			c.class, c.key = 2, -float64(wait)/float64(max(age, 1))
		}
		best = insert(best, c, n, func(c, d candidate) int {
			return cmp.Or(c.compare(d), b.entries.compare(c.row, d.row))
		})
	}
	return best, s
}

// NotFinal notes that REST says the message is not final.
func (b *Books) NotFinal(now time.Time, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.answeredLocked(now, id)
	if e == nil {
		return
	}
	e.denied = b.now
	if e.has(pending) { // another server said that it is
		b.pendLocked(e, false)
		e.state &^= final
	}
}

// NoFinality notes that REST knows nothing of the message, or of finality: that
// is no answer, so there is more to ask in this round.
func (b *Books) NoFinality(now time.Time, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answeredLocked(now, id)
	b.final.hunt.unsure = true
}

func (b *Books) answeredLocked(now time.Time, id string) *entry {
	b.tellLocked(now)
	e := b.entries.get(id)
	if e != nil {
		b.final.unhint(e)
		e.asked = b.now
	}
	return e
}

// Final notes that REST says the message is final. HandOn is said once, unless the
// message is below the horizon: so is its finality then. Ask is said each time
// until Decide is called.
func (b *Books) Final(now time.Time, id string) Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(now)
	e := b.entries.get(id)
	if e == nil || !e.has(known) || e.has(final) && !e.has(pending) {
		return Pass
	}
	if !e.has(final) {
		b.final.ages.found(e, b.now, &b.final.hunt)
		b.final.shown(e)
	}
	b.final.unhint(e)
	e.asked = b.now
	isNew := e.has(handed|dueFinal) || e.at > b.horizon
	if isNew && b.finals && b.askKnown && (e.has(before) || e.at <= max(b.begin, b.horizon)) {
		b.pendLocked(e, true)
		e.state |= final // and open, so that it is asked about again
		return Ask
	}
	b.endLocked(e)
	if isNew {
		b.tellFinalLocked(e, b.finals)
	}
	if !isNew || !b.finals {
		return Pass
	}
	return HandOn
}

// tellFinalLocked notes that a MessageFinalized which REST showed goes to the
// handlers, or that none has to be given it.
func (b *Books) tellFinalLocked(e *entry, handOn bool) {
	b.pendLocked(e, false)
	e.state = e.state&^dueFinal | told
	if !handOn {
		e.state |= returned
		return
	}
	e.state |= masked
	b.hidden++
}

// pendLocked notes whether Options.Known is asked about the finality of e.
func (b *Books) pendLocked(e *entry, on bool) {
	if e.has(pending) == on {
		return
	}
	e.state ^= pending
	if on {
		b.pending++
	} else {
		b.pending--
	}
}
