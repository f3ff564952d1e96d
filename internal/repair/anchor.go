package repair

import (
	"cmp"
	"time"
)

// An anchor is a message that since may begin at.
type anchor struct {
	id string
	at int64
}

// better takes the message if it is the newest so far that is old enough: what
// arrives within those 12 s is found although the anchor is newer, and a proposer
// whose clock is fast never becomes the anchor.
func (a *anchor) better(id string, at, now int64) {
	if a.isWorse(at, now) {
		a.id, a.at = id, at
	}
}

func (a *anchor) isWorse(at, now int64) bool {
	return at <= now-int64(settled) && (a.id == "" || at > a.at)
}

// Anchor returns where since begins: at the message that the last pass left. While
// there is none, passes begin at the tips.
func (b *Books) Anchor() (id string, at time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.anchor.id, time.Unix(0, b.anchor.at), b.anchor.id != ""
}

// hereLocked reports whether this server showed the message.
func (b *Books) hereLocked(e *entry) bool { return e.has(known) && e.has(dated) && e.seen > b.lost }

// Disturb notes that something may have been missed: a connect, a hole. Nothing
// is complete until a pass that began after it has ended.
func (b *Books) Disturb() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.progress.disturbed++
	b.progress.whole = false
}

// PassBegan notes that a pass begins.
func (b *Books) PassBegan(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(now)
	b.joinLocked()
	b.progress.begun = b.progress.disturbed
	b.progress.passes++
	b.progress.running = true
	b.newest = anchor{}
}

// PassEnded notes that nothing is left to ask for in this pass. Only now the
// anchor moves: a pass that breaks off begins again where it began.
func (b *Books) PassEnded(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(now)
	if b.anchor.id == "" && b.newest.id == "" {
		// What the first passes found was too young then, and without an anchor
		// nothing shows it again.
		for row, e := range b.entries.values() {
			if b.hereLocked(e) && b.newest.isWorse(e.at, b.now) {
				b.newest = anchor{b.entries.id(row), e.at}
			}
		}
	}
	if b.newest.id != "" && (b.anchor.id == "" || b.newest.at > b.anchor.at) {
		b.anchor = b.newest
	}
	b.newest = anchor{}
	b.joinLocked()
	b.progress.pass++
	b.progress.running = false
	b.progress.whole = b.progress.begun == b.progress.disturbed
	if !b.started {
		b.startLocked(b.horizon)
	}
}

// Newest returns the n newest known messages, newest first.
func (b *Books) Newest(n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	newer := func(x, y *entry) int { return cmp.Or(cmp.Compare(y.at, x.at), b.entries.compare(x.row, y.row)) }
	var best []*entry
	for _, e := range b.entries.values() {
		if e.has(known) {
			best = insert(best, e, n, newer)
		}
	}
	ids := make([]string, len(best))
	for i, e := range best {
		ids[i] = b.idLocked(e)
	}
	return ids
}

// AnchorLost notes that the server does not know the anchor, and which of the
// messages from Newest it does know. The newest of these takes its place, or the
// oldest tip above the horizon, or none.
func (b *Books) AnchorLost(now time.Time, there []Fact) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(now)
	var next anchor
	for _, f := range there {
		next.better(f.ID, nanos(f.Timestamp), b.now)
	}
	if next.id == "" {
		for id := range b.tips {
			e := b.entries.get(id)
			if e != nil && e.has(dated) && e.at > b.horizon && (next.id == "" || e.at < next.at) {
				next = anchor{id, e.at}
			}
		}
	}
	b.anchor, b.newest, b.lost = next, anchor{}, b.now
}

// Move notes that the run goes on with another endpoint. What is known and what
// was delivered stays; the anchor is the last one's, until it is found lost; the
// count, and which messages are not there, begin anew. It is no start.
func (b *Books) Move() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.moved = true
	b.newest = anchor{}
	if b.anchor.id == "" {
		b.lost = b.now
	}
	for _, w := range b.wanted.values() {
		b.countLocked(w, -1)
		w.times, w.asked, w.pass = 0, 0, 0
		b.countLocked(w, 1)
	}
	b.final.move()
}
