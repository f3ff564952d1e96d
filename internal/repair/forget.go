package repair

import "slices"

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
	if len(b.entries) < max(b.full, b.limit+room) {
		return
	}
	b.evictLocked(len(b.entries)-b.limit, true)
	if len(b.entries) > 2*b.limit && b.evictLocked(len(b.entries)-2*b.limit+room, false) > 0 {
		b.overruns++
	}
	b.full = len(b.entries) + room // those that stay are not gone through each time
}

// evictLocked forgets the n oldest messages, and those that are as old as the
// newest of these. careful: none that is newer than the anchor. It returns how many
// it forgot.
func (b *Books) evictLocked(n int, careful bool) (forgotten int) {
	stays := func(id string, e *entry) bool {
		return b.tips[id] || e.owed() || careful && (e.has(pending) || b.anchor.id != "" && e.at > b.anchor.at)
	}
	var past, future []int64
	for id, e := range b.entries {
		switch {
		case stays(id, e):
		case e.at > b.now:
			future = append(future, e.at)
		default:
			past = append(past, e.at)
		}
	}
	slices.Sort(past)
	if more := len(future) - ahead; more > 0 {
		slices.Sort(future)
		past = append(past, future[:more]...)
	}
	if n = min(n, len(past)); n <= 0 {
		return 0
	}
	newest := past[n-1]
	for id, e := range b.entries {
		if e.at > newest || stays(id, e) {
			continue
		}
		delete(b.entries, id)
		if !e.has(final) || e.has(pending) {
			b.final.forget(id)
			b.pendLocked(e, false)
		}
		if !e.has(dated) {
			b.dropLocked(id)
		}
		b.pool.put(e)
		forgotten++
	}
	b.horizon = max(b.horizon, min(newest, b.now))
	return forgotten
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
