package repair

import (
	"cmp"
	"slices"
)

// forgetLocked makes room when there are an eighth more messages than the limit.
// The oldest go, and the horizon rises to the newest of them, so that none of
// them, and none with the same timestamp, is ever taken for new again.
//
// Some stay: the tips, because they are in every answer; what is newer than the
// anchor, because since would show it again, and what no handler was given yet,
// unless that is as much as the limit again; and 10,000 that are ahead of now,
// because by their timestamps the horizon would rise above everything that is
// still to come.
func (b *Books) forgetLocked() {
	room := b.limit/slack + 1
	if len(b.entries) < max(b.full, b.limit+room) {
		return
	}
	b.evictLocked(len(b.entries)-b.limit, true)
	if len(b.entries) > 2*b.limit && b.evictLocked(len(b.entries)-2*b.limit+room, false) > 0 {
		b.overruns++
	}
	b.full = len(b.entries) + room // those that stay are not gone through each time
}

// evictLocked forgets up to n messages. careful: none that is newer than the
// anchor, and none that is owed to a handler. It returns how many it forgot.
func (b *Books) evictLocked(n int, careful bool) int {
	var oldest []anchor
	future := 0
	for id, e := range b.entries {
		switch {
		case b.tips[id]:
		case careful && (e.owed() || b.anchor.id != "" && e.at > b.anchor.at):
		case e.at > b.now && future < ahead:
			future++
		default:
			oldest = append(oldest, anchor{id, e.at})
		}
	}
	slices.SortFunc(oldest, func(x, y anchor) int { return cmp.Compare(x.at, y.at) })
	n = min(n, len(oldest))
	if n == 0 {
		return 0
	}
	for _, o := range oldest[:n] {
		e := b.entries[o.id]
		b.pendLocked(e, false)
		b.pool.put(e)
		delete(b.entries, o.id)
		b.final.forget(o.id)
		b.dropLocked(o.id)
	}
	b.horizon = max(b.horizon, min(oldest[n-1].at, b.now))
	return n
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
