package repair

import (
	"cmp"
	"slices"
	"time"
)

// A question is a message to ask for.
type question struct {
	child int64 // as that of a want
	id    string
}

// Ask returns up to n messages to ask for: unknown tips and parents, and what was
// announced and not shown yet. Each once in a pass, and those that were missing
// five times once a minute. Those that the newest messages refer to come first.
func (b *Books) Ask(now time.Time, n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(now)
	due := b.dueLocked()
	if !b.started && b.walked+len(due)+b.undated.n > ancestors+len(b.tips) {
		b.startLocked(b.begin)
		due = b.dueLocked()
	}
	qs := b.undatedLocked(n)
	for _, w := range firstOf(due, n) {
		qs = append(qs, question{w.child, b.wanted.id(w.row)})
	}
	slices.SortFunc(qs, func(x, y question) int {
		return cmp.Or(cmp.Compare(y.child, x.child), cmp.Compare(x.id, y.id))
	})
	qs = qs[:min(len(qs), max(n, 0))]
	b.walked += len(qs)
	var ids []string
	for _, q := range qs {
		ids = append(ids, q.id)
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

// firstOf returns the n of ws that the newest messages refer to, in no order. It
// does not sort the others: there may be a hundred thousand.
func firstOf(ws []*want, n int) []*want {
	if len(ws) <= n {
		return ws
	}
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
	return slices.DeleteFunc(ws, func(w *want) bool {
		if w.child == last {
			same--
		}
		return w.child < last || w.child == last && same < 0
	})
}
