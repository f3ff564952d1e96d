package repair

import (
	"slices"
	"time"
)

const (
	patience = 4 * time.Second  // before that age nobody asks whether a message is final, until more is known
	shortest = time.Second      // and not before that, whatever is known
	sweep    = 20 * time.Second // pause between two questions that no count gave cause for
	measured = 64               // how many finals tell how long it takes
	enough   = 10               // from how many on
)

// finality are the books of what is final.
//
// The server tells how many messages are final, and of each one that it is asked
// about whether it is. The count minus the finals that were seen is unexplained;
// its first value is the baseline, for the server counts what was final before.
// When it is above the baseline twice running there is something to find: a round
// asks about each open message, until the baseline is reached again or all that
// were known at the rise were asked since, in which case what remains cannot be
// found, and the value at the rise becomes the baseline. What rose since then is
// the next round's: a round does not begin again because the count goes on rising.
type finality struct {
	open  store           // known and not final
	hints map[string]bool // of open: probably final

	counted     bool
	count       int64 // the last one that the server told
	seen        int64 // finals that it holds, as far as they were seen
	unexplained int64 // count minus seen, as of the count, less what REST showed since
	floor       int64 // its first value
	baseline    int64
	since       int64 // as of when: what was final then may be in it

	above    level // since when it is above the baseline
	below    level // or below it
	peak     int64 // how high it was when the newest deposits were asked for
	deposits bool  // they are to be asked for again
	round    round
	swept    int64 // when the last question without cause was asked; 0: never
	ages     ages
}

// A level is how often running the unexplained was beyond the baseline.
type level struct {
	times int
	at    int64 // since when
	value int64 // that which is nearest to the baseline
}

// A round asks about all that were known at one time.
type round struct {
	on     bool
	first  bool  // it follows a first or fallen count, which explains nothing
	at     int64 // when the count rose
	value  int64 // what was unexplained then
	found  int64 // how much of that was
	unsure bool  // there were questions without an answer
	again  bool  // they were asked once more
}

// Counted notes the server's number of final messages.
func (b *Books) Counted(now time.Time, n uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(now)
	f := &b.final
	count := int64(min(n, endOfTime/2))
	fell := count < f.count
	f.count, f.unexplained = count, count-f.seen
	if !f.counted || fell {
		// The first count of this server, or it began to count anew.
		f.counted, f.since, f.above, f.below = true, b.now, level{}, level{}
		f.baseline, f.floor, f.peak = f.unexplained, f.unexplained, f.unexplained
		f.round = round{on: true, first: true, at: b.now}
		return
	}
	f.rise(b.now)
}

// rise compares a new count with the baseline. A single one proves nothing:
// counts and announcements overtake each other.
func (f *finality) rise(now int64) {
	u := f.unexplained
	f.above.note(u > f.baseline, now, u, func(x, y int64) int64 { return min(x, y) })
	f.below.note(u < f.baseline, now, u, func(x, y int64) int64 { return max(x, y) })
	if f.below.times >= 2 {
		// The baseline held a final whose announcement came after it.
		f.baseline = f.below.value
		f.floor, f.peak = min(f.floor, f.baseline), min(f.peak, f.baseline)
		f.below = level{}
	}
	r := &f.round
	if r.on && !r.first {
		r.value = min(r.value, u+r.found)
	}
	if f.above.times < 2 {
		return
	}
	if f.above.value > f.peak {
		f.peak, f.deposits = f.above.value, true
	}
	if !r.on || r.first {
		*r = round{on: true, at: f.above.at, value: f.above.value}
	}
}

func (l *level) note(beyond bool, now, value int64, nearest func(x, y int64) int64) {
	switch {
	case !beyond:
		*l = level{}
	case l.times == 0:
		*l = level{times: 1, at: now, value: value}
	default:
		l.times++
		l.value = nearest(l.value, value)
	}
}

// announced counts a final that the stream told of. What the unexplained is with
// it the next count says, which holds it for sure.
func (f *finality) announced(e *entry) {
	if !e.has(tallied) {
		f.seen++
		e.state |= tallied
	}
}

// shown counts a final that REST showed, unless the baseline may hold it: it does
// not if the message is younger, or if REST said since that it was not final.
func (f *finality) shown(e *entry) {
	isYounger := min(e.at, e.seen) > f.since
	if e.has(tallied) || !isYounger && (e.denied == 0 || e.denied < f.since) {
		return
	}
	f.seen++
	f.unexplained--
	f.peak = max(f.baseline, f.peak-1)
	e.state |= tallied
	if f.round.on && (e.denied == 0 || e.denied < f.round.at) {
		f.round.found++
	}
}

// endRoundLocked ends the round if it has found what it looked for, or all that
// it can. left is whether there are some that it has to ask yet.
func (b *Books) endRoundLocked(left bool) {
	f := &b.final
	r := &f.round
	switch {
	case !r.on:
		return
	case !r.first && f.unexplained <= f.baseline:
		f.round, f.above, f.peak = round{}, level{}, f.baseline
		return
	case left:
		return
	case r.unsure && !r.again:
		r.at, r.unsure, r.again = b.now, false, true
		return
	}
	if !r.first {
		f.baseline, f.since, f.above = r.value-r.found, r.at, level{}
		f.peak = f.baseline
	}
	f.round = round{}
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

// Deposits reports, once for each rise of what is unexplained, that it is worth a
// question for the newest deposits: one answer hints at twenty messages.
func (b *Books) Deposits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := &b.final
	asked := f.deposits && b.finals && f.unexplained > f.baseline
	f.deposits = false
	return asked
}

// move is Move for what belongs to an endpoint. No answer of the last one proves
// anything about this one.
func (f *finality) move() {
	f.counted, f.deposits, f.round = false, false, round{}
	f.ages = ages{}
	clear(f.hints)
	for _, e := range f.open {
		e.asked, e.denied = 0, 0
	}
}

// forget removes a message that is forgotten.
func (f *finality) forget(id string) {
	delete(f.open, id)
	delete(f.hints, id)
}

// endLocked notes that e is final.
func (b *Books) endLocked(id string, e *entry) {
	e.state |= final
	b.final.forget(id)
}

// ages are how old this server's last messages were when they became final.
type ages struct {
	last [measured]int64
	n    int   // how many there were
	age  int64 // by which 9 of 10 came
	old  bool  // age is to be computed again
}

func (a *ages) add(age int64) {
	a.last[a.n%measured] = max(0, age)
	a.n++
	a.old = true
}

// from returns the age from which it is worth to ask.
func (a *ages) from() int64 {
	if a.n < enough {
		return int64(patience)
	}
	if a.old {
		sorted := a.last
		all := sorted[:min(a.n, measured)]
		slices.Sort(all)
		a.age, a.old = max(int64(shortest), all[len(all)*9/10]), false
	}
	return a.age
}

// came measures an announced final. A message that became known long after it was
// made says nothing about how long finality takes.
func (f *finality) came(e *entry, now int64) {
	if !e.has(known) || e.has(dated) && max(e.seen-e.at, e.at-e.seen) > int64(time.Minute) {
		return
	}
	f.ages.add(now - min(e.at, e.seen))
}

// found measures a final that REST showed. It came between two questions; before
// the first one nobody knows when, but that it was earlier.
func (f *finality) found(e *entry, now int64) {
	switch {
	case e.denied != 0:
		f.came(e, (e.denied+now)/2)
	case f.ages.n >= enough:
		const shorter = 0.9
		f.ages.add(int64(float64(f.ages.from()) * shorter))
	}
}
