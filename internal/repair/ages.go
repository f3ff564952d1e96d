package repair

import (
	"slices"
	"time"
)

const (
	patience = 4 * time.Second // before that age nobody asks whether a message is final, until more is known
	shortest = time.Second     // and not before that, whatever is known
	measured = 64              // how many finals tell how long it takes
	enough   = 10              // from how many on
)

// ages are how old this server's last messages were when they became final.
type ages struct {
	last []int64 // at most measured of them
	n    int     // how many there were
	most int64   // by which 9 of 10 came
	half int64   // by which half of them came
	old  bool    // both are to be computed again
}

func (a *ages) add(age int64) {
	if a.n < measured {
		a.last = append(a.last, max(0, age))
	} else {
		a.last[a.n%measured] = max(0, age)
	}
	a.n++
	a.old = true
}

// from returns the age by which 9 of 10 came.
func (a *ages) from() int64 {
	a.sort()
	return a.most
}

// usual returns the age by which half of them came.
func (a *ages) usual() int64 {
	a.sort()
	return a.half
}

func (a *ages) sort() {
	switch {
	case a.n < enough:
		a.most, a.half = int64(patience), int64(patience)
	case a.old:
		all := slices.Sorted(slices.Values(a.last))
		a.most = max(int64(shortest), all[len(all)*9/10])
		a.half = max(int64(shortest), all[len(all)/2])
		a.old = false
	}
}

// came measures an announced final. A message that became known long after it was
// made says nothing about how long finality takes.
func (a *ages) came(e *entry, now int64) {
	if !e.has(known) || e.has(dated) && max(e.seen-e.at, e.at-e.seen) > int64(time.Minute) {
		return
	}
	a.add(now - min(e.at, e.seen))
}

// found measures a final that REST showed. It came between two questions, or with
// the rise that was hunted for; else nobody knows when, but that it was earlier.
func (a *ages) found(e *entry, now int64, h *hunt) {
	r, on := h.latest()
	switch {
	case e.denied != 0:
		a.came(e, e.denied+(now-e.denied)/2)
	case on && !r.first && e.precedes(r.last):
		a.came(e, r.last+(r.at-r.last)/2)
	case a.n >= enough:
		const shorter = 0.9
		a.add(int64(float64(a.from()) * shorter))
	}
}
