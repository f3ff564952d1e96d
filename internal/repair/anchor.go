package repair

import (
	"cmp"
	"slices"
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
	if at <= now-int64(settled) && (a.id == "" || at > a.at) {
		a.id, a.at = id, at
	}
}

// Anchor returns where since begins: at the message that the last pass left. While
// no pass has ended it is the first message that was announced, whose time is not
// known, or else the oldest one above the horizon: what is older the walk finds,
// without a race against what is new.
func (b *Books) Anchor() (id string, at time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	from := b.anchor
	switch {
	case from.id != "":
	case b.first != "":
		return b.first, time.Time{}, true
	default:
		for id, e := range b.entries {
			if b.hereLocked(e) && e.at > b.horizon && e.at <= b.now && (from.id == "" || e.at < from.at) {
				from = anchor{id, e.at}
			}
		}
	}
	return from.id, time.Unix(0, from.at), from.id != ""
}

// hereLocked reports whether this server showed the message.
func (b *Books) hereLocked(e *entry) bool { return e.has(known) && e.has(dated) && e.seen > b.lost }

// PassEnded notes that nothing is left to ask for in this pass. Only now the
// anchor moves: a pass that breaks off begins again where it began.
func (b *Books) PassEnded(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(nanos(now))
	if b.anchor.id == "" && b.newest.id == "" {
		// What the first passes found was too young then, and without an anchor
		// nothing shows it again.
		for id, e := range b.entries {
			if b.hereLocked(e) {
				b.newest.better(id, e.at, b.now)
			}
		}
	}
	if b.newest.id != "" && (b.anchor.id == "" || b.newest.at > b.anchor.at) {
		b.anchor = b.newest
	}
	b.newest = anchor{}
	b.pass++
	if !b.started {
		b.startLocked(b.horizon)
	}
}

// Newest returns the n newest known messages, newest first.
func (b *Books) Newest(n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []anchor
	for id, e := range b.entries {
		if e.has(known) {
			all = append(all, anchor{id, e.at})
		}
	}
	slices.SortFunc(all, func(x, y anchor) int { return cmp.Or(cmp.Compare(y.at, x.at), cmp.Compare(x.id, y.id)) })
	ids := make([]string, min(n, len(all)))
	for i := range ids {
		ids[i] = all[i].id
	}
	return ids
}

// AnchorLost notes that the server does not know the anchor, and which of the
// messages from Newest it does know. The newest of these takes its place, or the
// oldest tip above the horizon, or none.
func (b *Books) AnchorLost(now time.Time, there []Fact) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = max(b.now, nanos(now))
	var next anchor
	for _, f := range there {
		next.better(f.ID, nanos(f.Timestamp), b.now)
	}
	if next.id == "" {
		for id := range b.tips {
			e := b.entries[id]
			if e != nil && e.has(dated) && e.at > b.horizon && (next.id == "" || e.at < next.at) {
				next = anchor{id, e.at}
			}
		}
	}
	b.anchor, b.newest, b.first, b.lost = next, anchor{}, "", b.now
}
