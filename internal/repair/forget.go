package repair

import (
	"math/bits"
	"slices"
)

// forgetLocked makes room when there are a quarter more messages than the limit.
// The oldest go, and the horizon rises to the newest of them, so that none of
// them, and none with the same timestamp, is ever taken for new again.
//
// Some stay: the tips, because they are in every answer; what is on its way to the
// handlers, which has its bound there; what is newer than the anchor, because since
// would show it again, unless that is as much as the limit again; and 10,000 that
// are ahead of now, because by their timestamps the horizon would rise above
// everything that is still to come.
func (b *Books) forgetLocked() {
	room := b.limit/slack + 1
	if b.entries.len() < max(b.full, b.limit+room) {
		return
	}
	b.evictLocked(b.entries.len()-b.limit, true)
	if b.entries.len() > 2*b.limit && b.evictLocked(b.entries.len()-2*b.limit+room, false) > 0 {
		b.overruns++
	}
	b.full = b.entries.len() + room // those that stay are not gone through each time
}

// evictLocked forgets the n oldest messages, and those that are as old as the
// newest of these. careful: none that is newer than the anchor. It returns how many
// it forgot.
func (b *Books) evictLocked(n int, careful bool) (forgotten int) {
	b.markTipsLocked()
	defer b.markTipsLocked()
	rows, newest := b.oldestLocked(n, careful)
	for _, row := range rows {
		e := b.entries.at(row)
		if e.at > newest {
			b.ageLocked(e)
			continue
		}
		if !e.has(final) || e.has(pending) {
			b.final.forget(e)
			b.pendLocked(e, false)
		}
		switch {
		case e.isUndated():
			b.unchainLocked(e)
		case !e.has(dated):
			b.dropLocked(b.wanted.name(b.idLocked(e)))
		}
		b.entries.remove(row)
		forgotten++
	}
	b.horizon = max(b.horizon, min(newest, b.now))
	return forgotten
}

// markTipsLocked marks the entries of the tips, or takes the marks away again.
func (b *Books) markTipsLocked() {
	for id := range b.tips {
		if e := b.entries.get(id); e != nil {
			e.state ^= tip
		}
	}
}

// nth returns the nth smallest of values, counted from one, and puts them into
// another order. It looks at each about twice.
func nth(values []int64, n int) int64 {
	const buckets = 256
	for {
		low, high := slices.Min(values), slices.Max(values)
		shift := max(0, bits.Len64(uint64(high-low))-bits.Len(buckets-1))
		var counts [buckets]int
		for _, v := range values {
			counts[uint64(v-low)>>shift]++
		}
		at := 0
		for ; n > counts[at]; at++ {
			n -= counts[at]
		}
		if shift == 0 {
			return low + int64(at)
		}
		values = slices.DeleteFunc(values, func(v int64) bool { return int(uint64(v-low)>>shift) != at })
	}
}

// insert puts x into best, which is sorted and no longer than n, if it belongs
// there.
func insert[T any](best []T, x T, n int, compare func(T, T) int) []T {
	if len(best) >= n {
		if n <= 0 || compare(x, best[n-1]) >= 0 {
			return best
		}
		best = best[:n-1]
	}
	i, _ := slices.BinarySearchFunc(best, x, compare)
	return slices.Insert(best, i, x)
}
