package repair

import "time"

const sweep = 20 * time.Second // pause between two questions that no count gave cause for

// finality are the books of what is final.
//
// The server tells how many messages are final, and of each one that it is asked
// about whether it is. The count minus the finals that were seen is unexplained;
// its first value is the baseline, for the server counts what was final before.
// When a count that can be relied on is above the baseline there is something to
// find.
type finality struct {
	open  []*entry // known and not final
	hints int      // of them: probably final

	counted     bool
	count       int64 // the last one that the server told
	told        int64 // when the last one was that was compared
	fresh       reading
	seen        int64 // finals that it holds, as far as they were seen
	unexplained int64 // count minus seen, as of the count, less what REST showed since
	floor       int64 // its first value
	guessed     int64 // by how much it was lowered for what the first count may have held
	baseline    int64
	since       int64 // as of when: what was final then may be in it

	hunt     hunt
	below    level // how often running it was less than the baseline
	deposits bool  // the newest are to be asked for
	swept    int64 // when the last question without cause was asked; 0: never
	calm     int64 // before then none of open is worth one, except for a cause; 0: not known
	ages     ages
}

// A level is how often running the unexplained was below something.
type level struct {
	times int
	value int64 // the highest of those
}

func (l *level) note(below bool, value int64) {
	switch {
	case !below:
		*l = level{}
	case l.times == 0:
		*l = level{times: 1, value: value}
	default:
		l.times++
		l.value = max(l.value, value)
	}
}

// Counted notes the server's number of final messages.
func (b *Books) Counted(now time.Time, n uint64) {
	b.mu.Lock()
	b.countedLocked(now, n)
	watch := b.watch
	if len(b.final.hunt.rises) == 0 && b.final.fresh.at == 0 {
		watch = nil
	}
	b.mu.Unlock()
	if watch != nil {
		watch()
	}
}

// Watch has fn called after each count that gives cause for questions, or may soon.
// It must not wait, nor use the books.
func (b *Books) Watch(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watch = fn
}

func (b *Books) countedLocked(now time.Time, n uint64) {
	b.tellLocked(now)
	f := &b.final
	count := int64(min(n, endOfTime/2))
	last := f.count
	f.count = count
	if !f.counted || count < last {
		// The first count of this server, or it began to count anew.
		f.counted, f.since, f.told, f.fresh = true, b.now, b.now, reading{}
		f.unexplained = count - f.seen
		f.baseline, f.floor, f.guessed = f.unexplained, f.unexplained, 0
		f.restart()
		f.hunt.rises = append(f.hunt.rises, rise{first: true, at: b.now})
		return
	}
	f.read()
	f.fresh = reading{at: b.now, count: count, rose: count - last, seen: f.seen}
	if count == last {
		f.read()
	}
}

// A reading is a count that is compared with what was seen only when it can be: a
// server counts a final and announces it at once, but on two lanes, and either may
// come first. So what rose with a count may be announced after it. A count that did
// not rise has all of its announcements before it, as those of a node each 6 s.
type reading struct {
	at    int64 // 0: there is none
	count int64
	rose  int64 // since the count before it
	seen  int64 // when it came
	shown int64 // what REST showed since then
	late  int64 // what was announced since then, and happened no later
}

// late is how old a count is when all of its announcements have come.
const late = 2 * time.Second

// readLate takes a count that is old enough.
func (f *finality) readLate(now int64) {
	if f.fresh.at != 0 && now-f.fresh.at >= int64(late) {
		f.read()
	}
}

// read compares the latest count with what was seen.
func (f *finality) read() {
	r := f.fresh
	f.fresh = reading{}
	if r.at == 0 {
		return
	}
	// Of that, as much as rose with the count may belong to it.
	maybe := min(r.late, r.rose)
	f.compare(r.at, r.count-r.seen-r.shown-maybe, maybe == 0)
}

// restart ends all hunts.
func (f *finality) restart() {
	f.hunt = hunt{peak: f.baseline, rises: f.hunt.rises[:0]}
	f.below, f.deposits = level{}, false
}

// compare looks at what is unexplained now; exact says that it is not less than it
// was when it was counted.
func (f *finality) compare(now, u int64, exact bool) {
	f.unexplained = u
	f.hunt.counted(u)
	if exact {
		f.below.note(u < f.baseline, u)
	}
	last := f.told
	f.told = now
	const enough = 2
	if f.below.times >= enough {
		// The baseline held a final whose announcement came after it.
		f.baseline = f.below.value
		f.floor, f.hunt.peak = min(f.floor, f.baseline), min(f.hunt.peak, f.baseline)
		f.below = level{}
	}
	if u > f.hunt.peak {
		f.hunt.push(rise{last: last, at: now, from: f.hunt.peak, value: u})
		f.deposits = true
	}
}

// announced counts a final that the stream told of. What the unexplained is with
// it the next count says, which holds it for sure.
func (f *finality) announced(e *entry, at int64) {
	if !e.has(tallied) {
		f.seen++
		switch {
		case at <= f.fresh.at:
			f.fresh.late++
		case f.counted && f.told == f.since && at <= f.since:
			// The first count may have held it; nothing was compared with that yet. A
			// baseline that is too low costs questions, one that is too high hides a final.
			f.unexplained--
			f.baseline--
			f.floor--
			f.guessed++
			f.hunt.peak--
		}
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
	f.fresh.shown++
	e.state |= tallied
	f.hunt.found(e, f.baseline)
}

// huntLocked ends the hunt for what has been found, and for what cannot be: when all
// were asked since the latest rise, they were since each. left is whether there are
// questions to ask yet, and of a first count a pass may bring more of them, messages
// that it holds already. ended is true if there are others now.
func (b *Books) huntLocked(left bool) (ended bool) {
	f := &b.final
	h := &f.hunt
	last := &h.rises[len(h.rises)-1]
	switch {
	case !last.first && f.unexplained <= last.from:
		h.rises = h.rises[:len(h.rises)-1]
	case left, last.first && !b.progress.whole:
		return false
	case h.unsure && !last.again:
		last.at, last.again, h.unsure = b.now, true, false
	default:
		if !last.first {
			f.baseline, f.since = last.value-last.found, last.at
			f.unguess()
		}
		h.rises = h.rises[:0]
	}
	if len(h.rises) == 0 {
		h.unsure, h.peak = false, f.baseline
	}
	return true
}

// unguess takes back what was guessed of the first count, and nothing bears out: all
// were asked, and something is unexplained still.
func (f *finality) unguess() {
	f.floor += max(0, min(f.guessed, f.unexplained-f.floor))
	f.guessed = 0
}

// Hint notes messages that are probably final. Those that are open are asked
// about first.
func (b *Books) Hint(ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		if e := b.entries.get(id); e != nil && e.place != 0 {
			b.final.hint(e)
		}
	}
}

// Deposits reports, once for each rise of what is unexplained, that it is worth a
// question for the newest deposits: one answer hints at twenty messages.
func (b *Books) Deposits(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(now)
	f := &b.final
	f.readLate(b.now)
	ask := f.deposits && b.finals && f.unexplained > f.baseline
	f.deposits = false
	return ask
}

// move is Move for what belongs to an endpoint. No answer of the last one proves
// anything about this one.
func (f *finality) move() {
	f.counted, f.ages = false, ages{}
	f.restart()
	for _, e := range f.open {
		f.unhint(e)
		e.asked, e.denied = 0, 0
	}
}

// endLocked notes that e is final.
func (b *Books) endLocked(e *entry) {
	e.state |= final
	b.final.forget(e)
}
