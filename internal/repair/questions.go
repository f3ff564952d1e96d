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
	if !b.finals {
		return nil, true
	}
	due, hinted, left := b.candidatesLocked(n)
	b.endRoundLocked(left)
	switch {
	case f.round.on:
	case hinted > 0:
		n = min(n, hinted) // they come first
	case f.swept != 0 && b.now-f.swept < int64(sweep):
		return nil, true
	default:
		idle = true
		n = min(n, 1)
	}
	for _, c := range due[:min(len(due), n)] {
		ids = append(ids, c.id)
	}
	if idle && len(ids) > 0 {
		f.swept = b.now
	}
	return ids, idle
}

// A candidate is an open message that may be asked about now.
type candidate struct {
	id   string
	hint bool
	age  int64
	wait float64 // since the last question, as a part of the age; never asked: -1
}

// candidatesLocked returns the best n open messages that may be asked about: hints,
// then those that were never asked about, the youngest first, then those whose
// last question is longest ago, measured by their age. left: the round has to ask
// some yet.
func (b *Books) candidatesLocked(n int) (best []candidate, hinted int, left bool) {
	f := &b.final
	from := f.ages.from()
	for id, e := range f.open {
		c := candidate{id: id, hint: f.hints[id], age: b.now - min(e.at, e.seen), wait: -1}
		if e.asked != 0 {
			c.wait = float64(b.now-e.asked) / float64(max(c.age, 1))
		}
		waits := f.round.on && min(e.seen, e.at) <= f.round.at && e.asked < f.round.at
		left = left || waits
		const half = 0.5 // pause between two questions, as a part of the age
		switch {
		case e.has(pending): // the application could not say whether it has it
			c.hint = b.now-e.asked >= int64(sweep)
			if !c.hint {
				continue
			}
		case c.hint:
		case c.age < from:
			continue
		case c.wait >= 0 && c.wait < half && !(waits && f.round.first):
			continue
		}
		if c.hint {
			hinted++
		}
		best = insert(best, c, n, candidate.compare)
	}
	return best, hinted, left
}

// compare sorts the better one first.
func (c candidate) compare(d candidate) int {
	switch {
	case c.hint != d.hint:
		return cmp.Compare(rank(d.hint), rank(c.hint))
	case (c.wait < 0) != (d.wait < 0):
		return cmp.Compare(c.wait, d.wait)
	case c.wait < 0:
		return cmp.Or(cmp.Compare(c.age, d.age), cmp.Compare(c.id, d.id))
	}
	return cmp.Or(cmp.Compare(d.wait, c.wait), cmp.Compare(c.id, d.id))
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
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
	b.final.round.unsure = b.final.round.on
}

func (b *Books) answeredLocked(now time.Time, id string) *entry {
	b.tellLocked(now)
	delete(b.final.hints, id)
	e := b.entries[id]
	if e != nil {
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
	e := b.entries[id]
	if e == nil || !e.has(known) || e.has(final) && !e.has(pending) {
		return Pass
	}
	if !e.has(final) {
		b.final.found(e, b.now)
		b.final.shown(e)
	}
	delete(b.final.hints, id)
	e.asked = b.now
	isNew := e.has(handed|dueFinal) || e.at > b.horizon
	if isNew && b.finals && b.askKnown && e.at <= max(b.begin, b.horizon) {
		b.pendLocked(e, true)
		e.state |= final // and open, so that it is asked about again
		return Ask
	}
	b.endLocked(id, e)
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
