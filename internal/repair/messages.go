package repair

import (
	"cmp"
	"slices"
	"time"
)

// A want is an unknown message that something refers to.
type want struct {
	child int64  // timestamp of the newest that refers to it; of tips: the end of time
	asked int64  // when it was last found missing
	times int    // how often it was
	pass  uint64 // in which pass, plus one
}

// Tips notes the server's tips. They are never forgotten while they are tips, and
// the unknown ones are wanted.
func (b *Books) Tips(ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// A server with more tips than half the books has the rest of them forgotten
	// like all messages.
	ids = ids[:min(len(ids), b.limit/2)]
	if len(ids) != len(b.tips) || slices.ContainsFunc(ids, func(id string) bool { return !b.tips[id] }) {
		b.tips = make(map[string]bool, len(ids))
		for _, id := range ids {
			b.tips[id] = true
		}
	}
	for _, id := range ids {
		if e := b.entries[id]; e == nil || !e.has(known) {
			b.wantLocked(id, endOfTime)
		}
	}
}

const endOfTime = 1<<63 - 1

// wantLocked notes that id is unknown, and what refers to it.
func (b *Books) wantLocked(id string, child int64) {
	if w := b.wanted[id]; w != nil {
		w.child = max(w.child, child)
		return
	}
	if len(b.wanted) < b.limit {
		b.wanted[id] = &want{child: child}
	}
}

// dropLocked ends the search for id.
func (b *Books) dropLocked(id string, w *want) {
	delete(b.wanted, id)
	if w.times >= tries {
		b.absent--
	}
}

// Found notes a message that REST showed, and wants its parents. handOn is true
// once: when it was not known before, and is new.
func (b *Books) Found(f Fact, now time.Time) (handOn bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(nanos(now))
	at := nanos(f.Timestamp)
	e := b.entryLocked(f.ID)
	if !e.has(dated) {
		e.at = at
		e.state |= dated
	}
	b.newest.better(f.ID, at, b.now)
	if at > b.horizon {
		for _, id := range f.Parents {
			if p := b.entries[id]; p == nil || !p.has(known) {
				b.wantLocked(id, at)
			}
		}
	}
	if e.has(known) {
		return false
	}
	b.knowLocked(f.ID, e)
	switch {
	case !b.started:
		handOn = at > max(b.begin, b.horizon)
	case at > b.horizon:
		handOn = true
	default:
		delete(b.final.open, f.ID)
	}
	if handOn {
		e.state |= given
	}
	b.forgetLocked()
	return handOn
}

// Ask returns up to n unknown messages to ask for: each once in a pass, and once
// a minute those that were missing five times. Those that the newest messages
// refer to come first.
func (b *Books) Ask(now time.Time, n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(nanos(now))
	due := b.dueLocked()
	if !b.started && b.walked+len(due) > ancestors+len(b.tips) {
		b.startLocked(b.begin)
		due = b.dueLocked()
	}
	due = due[:min(len(due), n)]
	b.walked += len(due)
	return due
}

// dueLocked returns the wanted ids that are to be asked for in this pass.
func (b *Books) dueLocked() []string {
	var due []string
	for id, w := range b.wanted {
		if w.times < tries && w.pass != b.pass+1 || w.times >= tries && b.now-w.asked >= int64(again) {
			due = append(due, id)
		}
	}
	slices.SortFunc(due, func(x, y string) int {
		return cmp.Or(cmp.Compare(b.wanted[y].child, b.wanted[x].child), cmp.Compare(x, y))
	})
	return due
}

// startLocked ends the first pass. Nothing at or below horizon is new from now
// on, and what only such messages refer to is not looked for.
func (b *Books) startLocked(horizon int64) {
	b.started = true
	b.horizon = max(b.horizon, horizon)
	for id, w := range b.wanted {
		if w.child <= b.horizon {
			b.dropLocked(id, w)
		}
	}
}

// Missing notes ids that the server said it does not have. After five times in a
// row a message counts as not there: passes end without it.
func (b *Books) Missing(now time.Time, ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = max(b.now, nanos(now))
	for _, id := range ids {
		w := b.wanted[id]
		if w == nil {
			continue
		}
		w.asked, w.pass = b.now, b.pass+1
		w.times++
		if w.times != tries {
			continue
		}
		b.absent++
		if b.absent > missing {
			b.dropLocked(id, w)
		}
	}
}
