package repair

import (
	"slices"
	"time"
)

// A want is a message that is to be asked for.
type want struct {
	child     int64  // timestamp of the newest that refers to it; of tips: the end of time
	asked     int64  // when it was last found missing
	pass      uint64 // in which pass it was asked for, plus one
	times     int    // how often it was found missing
	after     uint64 // the pass, by its beginning, that is not to ask for it yet: it was announced meanwhile
	announced bool   // it was handed on, and found missing; its timestamp and parents are not known
	earlier   bool   // an earlier run wanted it
	floor     int64  // … and this was its horizon
	fact      *Fact  // it was found, and Options.Known is asked about it
	row       uint32
}

const endOfTime = 1<<63 - 1

// absent reports whether the server does not have it.
func (w *want) absent() bool { return w.times >= tries }

// lacks reports whether nothing is complete without it. What was announced is on
// its way; it is complete but for its parents, which the next pass brings.
func (w *want) lacks() bool { return !w.absent() && (!w.announced || w.times > 0) }

// wantedLocked returns what is wanted of id, the zero want if nothing is.
func (b *Books) wantedLocked(id name) want {
	if w := b.wanted.find(id); w != nil {
		return *w
	}
	return want{}
}

// wantLocked notes what is to be asked for, and what refers to it.
func (b *Books) wantLocked(id name, w want) {
	if old := b.wanted.find(id); old != nil {
		old.child = max(old.child, w.child)
		return
	}
	b.newLocked(id, w)
}

// newLocked is wantLocked for what is not wanted yet.
func (b *Books) newLocked(id name, w want) {
	if b.wantsLocked() >= 2*b.limit {
		b.overruns++
		return
	}
	b.setLocked(id, w)
}

// setLocked makes w what is wanted of id. Wherever that changes, it is counted.
func (b *Books) setLocked(id name, w want) {
	old := b.wanted.find(id)
	if old == nil {
		old, w.row = b.wanted.add(id)
	} else {
		b.countLocked(old, -1)
		w.row = old.row
	}
	*old = w
	b.countLocked(old, 1)
}

// dropLocked ends the search for id.
func (b *Books) dropLocked(id name) {
	if w := b.wanted.find(id); w != nil {
		b.countLocked(w, -1)
		b.wanted.remove(w.row)
	}
}

func (b *Books) countLocked(w *want, n int) {
	if w.absent() {
		b.absent += n
	}
	if w.lacks() {
		b.lacking += n
	}
}

// Tips notes the server's tips. They are never forgotten while they are tips, and
// the unknown ones are wanted. news is true if there are such, other than those
// that the server was found not to have.
func (b *Books) Tips(ids []string) (news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// A server with more tips than half the books has the rest of them forgotten
	// like all messages.
	ids = ids[:min(len(ids), b.limit/2)]
	if len(ids) != len(b.tips) || slices.ContainsFunc(ids, func(id string) bool { return !b.tips[id] }) {
		clear(b.tips)
		for _, id := range ids {
			b.tips[id] = true
		}
	}
	for _, id := range ids {
		tip := b.entries.name(id)
		if e := b.entries.find(tip); e == nil || !e.has(known) {
			b.wantLocked(tip, want{child: endOfTime})
			w := b.wanted.find(tip)
			news = news || w == nil || !w.absent()
		}
	}
	return news
}

// Found notes a message that REST showed, and wants its parents. HandOn is said
// once: when it was not known before, and is new. Ask is said each time until
// Decide is called.
func (b *Books) Found(f Fact, now time.Time) Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(now)
	at := nanos(f.Timestamp)
	b.newest.better(f.ID, at, b.now)
	message := b.entries.name(f.ID)
	e := b.entries.find(message)
	if e != nil && e.has(known) {
		b.dateLocked(f, e)
		return Pass
	}
	v := b.judgeLocked(message, e, at)
	if v == Ask {
		b.askLocked(f, at)
		return Ask
	}
	if v == Pass && b.started && at <= b.horizon && b.tips[f.ID] {
		b.late++
	}
	b.enterLocked(f, v == HandOn)
	return v
}

// judgeLocked decides whether an unknown message is new.
func (b *Books) judgeLocked(id name, e *entry, at int64) Verdict {
	if !b.messages {
		return Pass
	}
	horizon := b.horizon
	w := b.wantedLocked(id)
	switch {
	case e != nil && e.has(due):
		horizon = at - 1
	case w.earlier:
		horizon = min(horizon, w.floor)
	case !b.started:
		horizon = max(horizon, b.begin)
	}
	switch {
	case b.askKnown && (at <= max(b.begin, b.horizon) || b.progress.pass == 0) && (at > b.first || at > horizon):
		return Ask // also what only a fast clock dates after the first connection
	case at > horizon:
		return HandOn
	}
	return Pass
}

// enterLocked makes a message that REST showed known.
func (b *Books) enterLocked(f Fact, handOn bool) {
	message := b.entries.name(f.ID)
	e := b.entryLocked(message)
	b.knowLocked(message, e)
	if b.progress.pass == 0 {
		e.state |= before
	}
	switch {
	case handOn:
		b.handLocked(e)
		e.state |= hidden
		b.hidden++
	case !b.messages:
		b.handLocked(e)
	}
	b.dateLocked(f, e)
	if !e.has(handed|dueFinal) && e.at <= b.horizon {
		b.final.forget(e) // nobody is told of its end either
	}
	b.forgetLocked()
}

// dateLocked notes what REST shows of a known message: when it was made, and what
// by.
func (b *Books) dateLocked(f Fact, e *entry) {
	if !e.has(dated) {
		e.at = nanos(f.Timestamp)
		b.ageLocked(e)
		e.state |= dated
		if e.isUndated() {
			b.unchainLocked(e)
		} else {
			b.dropLocked(b.entries.name(f.ID))
		}
	}
	reach := b.horizon
	if b.askKnown && e.state&(handed|delivered) == handed {
		// What the application has not got may have parents that it has not got.
		reach = min(reach, b.first)
	}
	b.parentsLocked(f, reach)
}

// parentsLocked wants the unknown parents of a message above reach.
func (b *Books) parentsLocked(f Fact, reach int64) {
	at := nanos(f.Timestamp)
	if at <= reach {
		return
	}
	for _, id := range f.Parents {
		parent := b.entries.name(id)
		if p := b.entries.find(parent); p == nil || !p.has(known) {
			b.wantLocked(parent, want{child: at})
		}
	}
}

// startLocked ends the first pass. Nothing at or below horizon is new from now
// on, and what only such messages refer to is not looked for.
func (b *Books) startLocked(horizon int64) {
	b.started = true
	b.horizon = max(b.horizon, horizon)
	b.first = b.horizon
	for row, w := range b.wanted.values() {
		if w.child <= b.horizon && w.fact == nil {
			b.countLocked(w, -1)
			b.wanted.remove(row)
		}
	}
	b.startChainLocked(&b.undated)
	b.startChainLocked(&b.recent)
}

// Missing notes ids that the server said it does not have. After five times in a
// row a message counts as not there: passes end without it.
func (b *Books) Missing(now time.Time, ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(now)
	for _, id := range ids {
		message := b.wanted.name(id)
		w := b.missedLocked(message)
		if w == nil {
			continue
		}
		b.countLocked(w, -1)
		w.asked, w.pass = b.now, b.progress.pass+1
		w.times++
		b.countLocked(w, 1)
		if w.times == tries && b.absent > missing {
			b.dropLocked(message)
		}
	}
}

// missedLocked returns what is wanted of id, nil if nothing is. What was only
// announced is wanted like all others from then on.
func (b *Books) missedLocked(id name) *want {
	if e := b.entries.find(id); e != nil && e.isUndated() {
		b.setLocked(id, want{child: e.seen, announced: true, after: uint64(e.after)})
		b.unchainLocked(e)
	}
	return b.wanted.find(id)
}
