package client

import (
	"cmp"
	"slices"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// Every entry of a queue has a sequence number. A gap is handed out when all
// entries of its lanes with lower numbers are gone, and holds those with higher
// numbers back: so it comes in the order of each lane that it speaks of. What is
// in the backlog came late anyway, and no gap waits for it.

// A placed gap is one with its place in the order.
type placed struct {
	seq   uint64
	epoch uint64
	gap   events.Gap
}

// open begins an episode and returns it for shut, which must be called once.
func (q *queue) open(g events.Gap) events.Gap {
	g, fresh := q.ledger.begin(g, q.notices())
	if fresh {
		q.announce(g)
	}
	return g
}

// notices returns how many wait.
func (q *queue) notices() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.gaps)
}

// shut ends the episode that open began, unless it is over.
func (q *queue) shut(g events.Gap, to time.Time) { q.lost(g, to, losses{}) }

// lost is shut for an episode of which it is known what was lost.
func (q *queue) lost(g events.Gap, to time.Time, lost losses) {
	for _, g := range q.ledger.close(g, to, lost, q.notices()) {
		q.announce(g)
	}
}

// announce queues a notice behind what is queued already.
func (q *queue) announce(g events.Gap) {
	q.mu.Lock()
	q.announceLocked(g)
	q.mu.Unlock()
	q.disturb()
}

func (q *queue) announceLocked(g events.Gap) {
	q.seq++
	q.place(q.seq, g)
}

// place keeps the gaps sorted by number, later ones behind equal ones.
func (q *queue) place(seq uint64, g events.Gap) {
	at, _ := slices.BinarySearchFunc(q.gaps, seq+1, func(have placed, seq uint64) int {
		return cmp.Compare(have.seq, seq)
	})
	q.gaps = slices.Insert(q.gaps, at, placed{seq: seq, epoch: q.joins(), gap: g})
}

// takeGap takes a notice.
func (q *queue) takeGap(n int) item {
	g := q.gaps[n]
	q.gaps = slices.Delete(q.gaps, n, n+1)
	q.hand.gap, q.hand.epoch = true, g.epoch
	for _, over := range q.ledger.relieve(len(q.gaps)) {
		q.announceLocked(over)
	}
	return item{gap: &g.gap}
}

// due returns the index of the first gap that nothing before it holds back, -1
// if there is none, and for each lane the number that its entries must be below.
func (q *queue) due() (index int, limits [3]uint64) {
	const unlimited = ^uint64(0)
	limits = [3]uint64{unlimited, unlimited, unlimited}
	for n := range q.gaps {
		g := &q.gaps[n]
		due := true
		for i, p := range priorities {
			if g.gap.Lane != events.AnyPriority && g.gap.Lane != p {
				continue
			}
			if r := &q.lanes[i]; r.n > 0 && r.head().seq < g.seq || limits[i] != unlimited {
				due = false
			}
			limits[i] = min(limits[i], g.seq)
		}
		if due {
			return n, limits
		}
		if g.gap.Lane == events.AnyPriority {
			break // it holds back all that comes after it
		}
	}
	return -1, limits
}
