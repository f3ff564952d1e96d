package repair

import "time"

const sweep = 20 * time.Second // pause between two questions that no count gave cause for

// finality are the books of what is final.
//
// The server tells how many messages are final, and of each one that it is asked
// about whether it is. The count minus the finals that were seen is unexplained;
// its first value is the baseline, for the server counts what was final before.
// When it is above the baseline twice running there is something to find.
type finality struct {
	open  store           // known and not final
	hints map[string]bool // of open: probably final

	counted     bool
	count       int64 // the last one that the server told
	told        int64 // when that was
	seen        int64 // finals that it holds, as far as they were seen
	unexplained int64 // count minus seen, as of the count, less what REST showed since
	floor       int64 // its first value
	baseline    int64
	since       int64 // as of when: what was final then may be in it

	hunt     hunt
	above    level // since when there is more than is hunted for
	below    level // since when there is less than the baseline
	deposits bool  // the newest are to be asked for
	swept    int64 // when the last question without cause was asked; 0: never
	ages     ages
}

// A level is how often running the unexplained was beyond something.
type level struct {
	times int
	last  int64 // when the count before it was
	at    int64 // since when
	value int64 // that which is nearest to it
}

func (l *level) note(beyond bool, last, now, value int64, nearest func(x, y int64) int64) {
	switch {
	case !beyond:
		*l = level{}
	case l.times == 0:
		*l = level{times: 1, last: last, at: now, value: value}
	default:
		l.times++
		l.value = nearest(l.value, value)
	}
}

func lower(x, y int64) int64  { return min(x, y) }
func higher(x, y int64) int64 { return max(x, y) }

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
		f.counted, f.since, f.told = true, b.now, b.now
		f.baseline, f.floor = f.unexplained, f.unexplained
		f.restart()
		f.hunt.rises = append(f.hunt.rises, rise{first: true, at: b.now})
		return
	}
	f.compare(b.now)
}

// restart ends all hunts.
func (f *finality) restart() {
	f.hunt = hunt{peak: f.baseline, rises: f.hunt.rises[:0]}
	f.above, f.below, f.deposits = level{}, level{}, false
}

// compare looks at a new count. A single one proves nothing: counts and
// announcements overtake each other.
func (f *finality) compare(now int64) {
	u := f.unexplained
	f.hunt.counted(u)
	f.above.note(u > f.hunt.peak, f.told, now, u, lower)
	f.below.note(u < f.baseline, f.told, now, u, higher)
	f.told = now
	const enough = 2
	if f.below.times >= enough {
		// The baseline held a final whose announcement came after it.
		f.baseline = f.below.value
		f.floor, f.hunt.peak = min(f.floor, f.baseline), min(f.hunt.peak, f.baseline)
		f.below = level{}
	}
	if f.above.times >= enough {
		f.hunt.push(rise{last: f.above.last, at: f.above.at, from: f.hunt.peak, value: f.above.value})
		f.above, f.deposits = level{}, true
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
	e.state |= tallied
	f.hunt.found(e, f.baseline)
}

// huntLocked ends the hunt for what has been found, and for what cannot be. left and
// first are whether the latest and the earliest rise have questions to ask yet.
// ended is true if there are other questions now.
func (b *Books) huntLocked(left, first bool) (ended bool) {
	f := &b.final
	h := &f.hunt
	last := &h.rises[len(h.rises)-1]
	switch {
	case !last.first && f.unexplained <= last.from:
		h.rises = h.rises[:len(h.rises)-1]
	case left && first:
		return false
	case left:
		f.settle(h.rises[0])
		h.rises = append(h.rises[:0], h.rises[1:]...)
		return false // the latest is still the same
	case h.unsure && !last.again:
		last.at, last.again, h.unsure = b.now, true, false
	default:
		f.settle(*last)
		h.rises, h.peak, f.above = h.rises[:0], f.baseline, level{}
	}
	if len(h.rises) == 0 {
		h.unsure, h.peak = false, f.baseline
	}
	return true
}

// settle makes what could not be found of a rise the baseline.
func (f *finality) settle(r rise) {
	if !r.first {
		f.baseline, f.since = r.value-r.found, r.at
		f.hunt.peak = max(f.hunt.peak, f.baseline)
	}
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
	ask := f.deposits && b.finals && f.unexplained > f.baseline
	f.deposits = false
	return ask
}

// move is Move for what belongs to an endpoint. No answer of the last one proves
// anything about this one.
func (f *finality) move() {
	f.counted, f.ages = false, ages{}
	f.restart()
	clear(f.hints)
	for _, e := range f.open {
		e.asked, e.denied = 0, 0
	}
}

// forget removes a message that is forgotten, or final.
func (f *finality) forget(id string) {
	delete(f.open, id)
	delete(f.hints, id)
}

// endLocked notes that e is final.
func (b *Books) endLocked(id string, e *entry) {
	e.state |= final
	b.final.forget(id)
}
