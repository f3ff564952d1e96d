package ledger

import "slices"

// K is the number of descendants that make a message final, and the k that
// the k-core figures name.
const K = 3

// maxCore bounds the walk over descendants, and with it Finality.KCore.
const maxCore = 64

// Finality is what is known about the finality of one message. The zero value
// is that of a message that is not final, or not known.
type Finality struct {
	Final    bool
	Homology bool   // found by persistent homology (F2); false: by k-core (F1)
	Depth    uint32 // generations above it when it became final
	KCore    int    // messages in the core when it became final, itself included; at most 65
}

// Finalize makes a message final by k-core, and reports whether it is news:
// false for one that is final already or not held.
func (l *Ledger) Finalize(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.settleLocked()
	return l.finalizeLocked(l.entries[id], false)
}

// FinalizeHomology is Finalize by persistent homology. A node 0.3.0 has it
// switched off; one may still hear of it from a peer.
func (l *Ledger) FinalizeHomology(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.settleLocked()
	return l.finalizeLocked(l.entries[id], true)
}

// FinalizeOld makes every pending message final that has at least K
// descendants, unless it never becomes final, and returns their ids in order of
// arrival.
func (l *Ledger) FinalizeOld() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.settleLocked()
	var done []string
	for _, e := range l.pending {
		if e.never {
			continue
		}
		if n, _ := l.descendantsLocked(e, K); n >= K && l.finalizeLocked(e, false) {
			done = append(done, e.msg.ID)
		}
	}
	return done
}

// FinalizeUnheld counts n more finals of messages that the ledger does not hold:
// what a node is told by its neighbours about messages that never reached it. No
// question about a message shows them.
func (l *Ledger) FinalizeUnheld(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unheld += n
}

// Finality returns what is known about the finality of a message.
func (l *Ledger) Finality(id string) Finality {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, held := l.entries[id]; held {
		return e.finality
	}
	return Finality{}
}

// Finals returns the ids of the final messages, in the order in which they
// became final. Messages that were dropped since are among them.
func (l *Ledger) Finals() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.finals...)
}

func (l *Ledger) finalizeLocked(e *entry, homology bool) bool {
	if e == nil || e.msg.Final {
		return false
	}
	n, depth := l.descendantsLocked(e, maxCore)
	e.msg.Final = true
	e.finality = Finality{Final: true, Homology: homology, Depth: depth, KCore: n + 1}
	l.finals = append(l.finals, e.msg.ID)
	return true
}

// settleLocked takes what became final off the pending queue.
func (l *Ledger) settleLocked() {
	l.pending = slices.DeleteFunc(l.pending, func(e *entry) bool { return e.msg.Final })
}

// descendantsLocked counts the descendants of e, at most limit, and their
// generations.
func (l *Ledger) descendantsLocked(e *entry, limit int) (n int, depth uint32) {
	seen := map[*entry]bool{e: true}
	for level := []*entry{e}; len(level) > 0; {
		var next []*entry
		for _, at := range level {
			for _, kid := range l.kids[at.msg.ID] {
				if seen[kid] || n == limit {
					continue
				}
				seen[kid] = true
				next = append(next, kid)
				n++
			}
		}
		if len(next) > 0 {
			depth++
		}
		level = next
	}
	return n, depth
}
