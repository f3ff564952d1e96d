package client

import (
	"slices"
	"time"
)

// takeAged takes the oldest entry of what has waited for longest beside the high lane,
// if that is for too long, every other time.
func (q *queue) takeAged(limits [3]uint64) bool {
	if q.aging <= 0 {
		return false
	}
	if q.aged = !q.aged; !q.aged {
		return false
	}
	const back = len(q.lanes)
	ring := func(i int) *ring {
		if i == back {
			return &q.back.list
		}
		return &q.lanes[i]
	}
	order := [...]int{1, 2, back}
	slices.SortFunc(order[:], func(a, b int) int { return ring(a).since.Compare(ring(b).since) })
	for _, i := range order {
		switch r := ring(i); {
		case r.n == 0 || time.Since(r.since) < q.aging:
		case i == back:
			_, ok := q.takeBack()
			return ok
		case q.takeLane(i, limits):
			return true
		}
	}
	return false
}
