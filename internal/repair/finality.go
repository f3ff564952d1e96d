package repair

import (
	"cmp"
	"slices"
	"time"
)

const (
	youngest = 4 * time.Second  // before that age nobody asks whether a message is final
	sweep    = 20 * time.Second // pause between two questions that no count gave cause for
)

// finality are the books of what is final.
//
// The server tells how many messages are final, and of each one that it is asked
// about whether it is. The count minus the finals that were seen is unexplained;
// its first value is the baseline, for the server counts what was final before.
// When it runs above the baseline there is something to find: a round asks about
// each open message, until the baseline is reached again or all were asked since
// the rise, in which case what remains cannot be found and becomes the baseline.
type finality struct {
	open  map[string]*entry // known and not final
	hints map[string]bool   // of open: probably final

	counted  bool
	count    int64 // the last one that the server told
	seen     int64 // finals that it holds, as far as they were seen
	baseline int64
	since    int64 // as of when: what was final then may be in it
	risen    bool  // the count has risen since

	round round
	swept int64 // when the last question without cause was asked; 0: never
}

// A round asks about all that were known at one time.
type round struct {
	on     bool
	first  bool  // it follows a first or fallen count, which explains nothing
	at     int64 // when the count rose
	unsure bool  // there were questions without an answer
}

// Counted notes the server's number of final messages. rose is true if it is
// larger than the one before.
func (b *Books) Counted(now time.Time, n uint64) (rose bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = max(b.now, nanos(now))
	f := &b.final
	count := int64(min(n, endOfTime/2))
	unexplained := count - f.seen
	switch {
	case !f.counted, count < f.count:
		// The first count of this server, or it began to count anew.
		f.counted, f.risen, f.since, f.baseline = true, false, b.now, unexplained
		f.round = round{on: true, first: true, at: b.now}
	case count > f.count:
		rose, f.risen = true, true
	}
	f.count = count
	if rose && unexplained > f.baseline {
		f.round = round{on: true, at: b.now} // also those are asked again that were asked before it
	}
	return rose
}

// Hint notes messages that are probably final. Those that are open are asked
// about first.
func (b *Books) Hint(ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		if b.final.open[id] != nil {
			b.final.hints[id] = true
		}
	}
}

// Open returns up to n messages to ask about whether they are final. idle is true
// if there is no cause to think so: that is one message every 20 s.
func (b *Books) Open(now time.Time, n int) (ids []string, idle bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = max(b.now, nanos(now))
	f := &b.final
	b.endRoundLocked()
	due := b.candidatesLocked()
	switch {
	case f.round.on:
	case len(f.hints) > 0:
		n = min(n, len(f.hints)) // they come first
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

// endRoundLocked ends the round if it has found what it looked for, or all that
// it can.
func (b *Books) endRoundLocked() {
	f := &b.final
	if !f.round.on {
		return
	}
	if !f.round.first && f.count-f.seen <= f.baseline {
		f.round.on = false
		return
	}
	for _, e := range f.open {
		if min(e.seen, e.at) <= f.round.at && e.asked < f.round.at {
			return
		}
	}
	if f.round.unsure {
		f.round.at, f.round.unsure = b.now, false
		return
	}
	f.round.on = false
	if !f.round.first {
		f.baseline, f.since = f.count-f.seen, f.round.at
	}
}

// A candidate is an open message that may be asked about now.
type candidate struct {
	id   string
	hint bool
	age  int64
	wait float64 // since the last question, as a part of the age; never asked: -1
}

// candidatesLocked returns the open messages that may be asked about, best first:
// hints, then those that were never asked about, the youngest first, then those
// whose last question is longest ago, measured by their age.
func (b *Books) candidatesLocked() []candidate {
	var all []candidate
	for id, e := range b.final.open {
		c := candidate{id: id, hint: b.final.hints[id], age: b.now - min(e.at, e.seen), wait: -1}
		if e.asked != 0 {
			c.wait = float64(b.now-e.asked) / float64(max(c.age, 1))
		}
		const half = 0.5 // pause between two questions, as a part of the age
		if c.hint || c.age >= int64(youngest) && (c.wait < 0 || c.wait >= half) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(x, y candidate) int {
		switch {
		case x.hint != y.hint:
			return cmp.Compare(rank(y.hint), rank(x.hint))
		case (x.wait < 0) != (y.wait < 0):
			return cmp.Compare(x.wait, y.wait)
		case x.wait < 0:
			return cmp.Or(cmp.Compare(x.age, y.age), cmp.Compare(x.id, y.id))
		}
		return cmp.Or(cmp.Compare(y.wait, x.wait), cmp.Compare(x.id, y.id))
	})
	return all
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// NotFinal notes that REST says the message is not final.
func (b *Books) NotFinal(now time.Time, id string) { b.asked(now, id, opened) }

// NoFinality notes that REST knows nothing of the message, or of finality: that
// is no answer, so there is more to ask in this round.
func (b *Books) NoFinality(now time.Time, id string) { b.asked(now, id, 0) }

func (b *Books) asked(now time.Time, id string, learnt flags) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = max(b.now, nanos(now))
	delete(b.final.hints, id)
	b.final.round.unsure = b.final.round.unsure || learnt == 0
	e := b.entries[id]
	if e == nil || learnt == 0 && e.has(opened) {
		return // asked is when REST last answered
	}
	e.asked = b.now
	e.state |= learnt
}

// Final notes that REST says the message is final. handOn is true once, unless
// that is history: the message is older than the first connection, and as far as
// can be known it was final before.
func (b *Books) Final(now time.Time, id string) (handOn bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = max(b.now, nanos(now))
	e := b.entries[id]
	if e == nil || e.has(final) {
		return false
	}
	f := &b.final
	// The baseline may hold what is older than itself, unless REST said after it
	// that it was not final.
	if e.at > f.since || e.has(opened) && e.asked >= f.since {
		f.tallyLocked(e)
	}
	// What is not later than something that was forgotten may have been told before.
	isNew := e.has(given|added) ||
		e.at > b.forgotten && (e.has(opened) || e.at > b.begin || f.risen && e.at > b.horizon)
	b.endLocked(id, e)
	if !isNew || e.has(ended) {
		return false
	}
	e.state |= told
	return true
}

// tallyLocked counts e, once, among the finals that the server's count has.
func (f *finality) tallyLocked(e *entry) {
	if !e.has(tallied) {
		f.seen++
		e.state |= tallied
	}
}

// endLocked notes that e is final.
func (b *Books) endLocked(id string, e *entry) {
	e.state |= final
	delete(b.final.open, id)
	delete(b.final.hints, id)
}
