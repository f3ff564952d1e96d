package client

import "github.com/adic/adic-go/subscription/events"

// The loans of a queue are the entries that its crews have. Its mutex guards them.
type loans struct {
	n        int                 // of all
	idle     [3]int              // by lane: those whose handlers have not begun
	busy     map[events.Type]int // those whose handlers run
	recalled bool                // no more handlers begin: the queue was emptied
}

// running returns the type of one whose handlers run, "" if there is none.
func (l *loans) running() events.Type {
	for t := range l.busy {
		return t
	}
	return ""
}

// lend notes that the entry in hand is handled beside those after it.
func (q *queue) lend(e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hand.away++
	q.lent.n++
	q.lent.idle[e.of.lane]++
	if e.late && e.id != "" {
		q.back.inHand = 0
		q.back.lent++
	}
}

// works notes that the concurrent handlers of an entry which was lent begin. It
// reports false if they may not any more, and the entry counts as lost.
func (q *queue) works(e *entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lent.idle[e.of.lane]--
	if q.lent.recalled {
		q.repaid(e)
		return false
	}
	if q.lent.busy == nil {
		q.lent.busy = make(map[events.Type]int)
	}
	q.lent.busy[e.env.Type]++
	return true
}

// returned notes that an entry which was lent has been handled.
func (q *queue) returned(e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lent.busy[e.env.Type]--; q.lent.busy[e.env.Type] == 0 {
		delete(q.lent.busy, e.env.Type)
	}
	q.repaid(e)
}

// repaid notes that an entry which was lent is with nobody any more.
func (q *queue) repaid(e *entry) {
	q.lent.n--
	if e.late && e.id != "" {
		q.back.lent--
	}
	q.gone(e.epoch, 1)
	q.ends()
}
