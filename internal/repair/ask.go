package repair

import (
	"cmp"
	"slices"
	"time"
)

// Ask returns up to n messages to ask for: unknown tips and parents, and what was
// announced and not shown yet. Each once in a pass, and those that were missing
// five times once a minute. Those that the newest messages refer to come first.
func (b *Books) Ask(now time.Time, n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(now)
	due := b.dueLocked()
	if !b.started && b.walked+len(due) > ancestors+len(b.tips) {
		b.startLocked(b.begin)
		due = b.dueLocked()
	}
	due = b.firstLocked(due, n)
	b.walked += len(due)
	var ids []string
	for _, w := range due {
		ids = append(ids, b.wanted.id(w.row))
	}
	return ids
}

// dueLocked returns what of the wanted is to be asked for in this pass, in no order.
func (b *Books) dueLocked() (ws []*want) {
	for _, w := range b.wanted.values() {
		if w.after == b.progress.passes && w.after != 0 && b.progress.running {
			continue // or a pass would not end while messages come
		}
		if !w.absent() && w.pass != b.progress.pass+1 || w.absent() && b.now-w.asked >= int64(again) {
			ws = append(ws, w)
		}
	}
	return ws
}

// firstLocked returns the n of ws that the newest messages refer to, these first. It
// does not sort the others: there may be a hundred thousand.
func (b *Books) firstLocked(ws []*want, n int) []*want {
	if len(ws) > n {
		children := make([]int64, len(ws))
		for i, w := range ws {
			children[i] = -w.child
		}
		last := -nth(children, n)
		same := n
		for _, w := range ws {
			if w.child > last {
				same--
			}
		}
		ws = slices.DeleteFunc(ws, func(w *want) bool {
			if w.child == last {
				same--
			}
			return w.child < last || w.child == last && same < 0
		})
	}
	slices.SortFunc(ws, func(x, y *want) int {
		return cmp.Or(cmp.Compare(y.child, x.child), b.wanted.compare(x.row, y.row))
	})
	return ws
}
