package repair

import (
	"cmp"
	"slices"
)

// A chain is the entries of messages that were announced and that REST has neither
// shown nor been found not to have, in the order in which they became known. They
// are to be asked for, too, but lie in no other table: there may be a hundred
// thousand of them, and each comes and goes with its entry.
type chain struct {
	first, last uint32 // rows, plus one; 0: there is none
	n           int
	mixed       bool // seen is not in order
}

// lastOf is the next one of the last of a chain: 0 is that of one in no chain.
const lastOf = 1<<32 - 1

// isUndated reports whether e is in a chain.
func (e *entry) isUndated() bool { return e.next != 0 }

// wantsLocked returns how many messages are to be asked for.
func (b *Books) wantsLocked() int { return b.wanted.len() + b.undated.n + b.recent.n }

// chainLocked returns the chain that e is in, or belongs to: a pass does not ask for
// what was announced meanwhile.
func (b *Books) chainLocked(e *entry) *chain {
	if b.progress.running && e.after == uint32(b.progress.passes) {
		return &b.recent
	}
	return &b.undated
}

// announcedLocked notes that e, which is known, is to be asked for; after is the pass
// that is not to do so.
func (b *Books) announcedLocked(e *entry, after uint64) {
	if b.wantsLocked() >= 2*b.limit {
		b.overruns++
		return
	}
	e.after = uint32(after)
	c := b.chainLocked(e)
	e.prev, e.next = c.last, lastOf
	if c.last == 0 {
		c.first = e.row + 1
	} else {
		last := b.entries.at(c.last - 1)
		last.next = e.row + 1
		c.mixed = c.mixed || last.seen > e.seen
	}
	c.last = e.row + 1
	c.n++
}

// unchainLocked takes e out of the chain it is in.
func (b *Books) unchainLocked(e *entry) {
	c := b.chainLocked(e)
	if e.prev == 0 {
		c.first = e.next
	} else {
		b.entries.at(e.prev - 1).next = e.next
	}
	if e.next == lastOf {
		c.last = e.prev
	} else {
		b.entries.at(e.next - 1).prev = e.prev
	}
	e.prev, e.next = 0, 0
	if c.n--; c.n == 0 {
		*c = chain{}
	}
}

// joinLocked has the next pass ask for what was announced during the last one. It is
// called before progress changes.
func (b *Books) joinLocked() {
	c, r := &b.undated, b.recent
	b.recent = chain{}
	switch {
	case r.n == 0:
		return
	case c.n == 0:
		*c = r
		return
	}
	last, first := b.entries.at(c.last-1), b.entries.at(r.first-1)
	last.next, first.prev = r.first, c.last
	c.last = r.last
	c.n += r.n
	c.mixed = c.mixed || r.mixed || last.seen > first.seen
}

// startChainLocked drops what became known no later than the horizon.
func (b *Books) startChainLocked(c *chain) {
	for at := c.first; at != 0 && at != lastOf; {
		e := b.entries.at(at - 1)
		at = e.next
		if e.seen <= b.horizon {
			b.unchainLocked(e)
		}
	}
}

// sortLocked puts undated in order, where another server's time or a cursor had it
// otherwise.
func (b *Books) sortLocked() {
	c := &b.undated
	if !c.mixed {
		return
	}
	es := make([]*entry, 0, c.n)
	for at := c.first; at != lastOf; {
		e := b.entries.at(at - 1)
		es, at = append(es, e), e.next
	}
	slices.SortStableFunc(es, func(x, y *entry) int { return cmp.Compare(x.seen, y.seen) })
	*c = chain{first: es[0].row + 1, last: es[len(es)-1].row + 1, n: len(es)}
	prev := uint32(0)
	for i, e := range es {
		e.prev, e.next = prev, lastOf
		if i+1 < len(es) {
			e.next = es[i+1].row + 1
		}
		prev = e.row + 1
	}
}

// undatedLocked returns the n newest of undated.
func (b *Books) undatedLocked(n int) (qs []question) {
	b.sortLocked()
	for at := b.undated.last; at != 0 && len(qs) < n; {
		e := b.entries.at(at - 1)
		qs = append(qs, question{e.seen, b.idLocked(e)})
		at = e.prev
	}
	return qs
}
