package repair

import "time"

// Added notes that a MessageAdded is about to be handed on. fresh is false if it
// already was. A message that was only announced has no timestamp; it is dated by
// now, the server's time, until REST shows it. A zero now is the latest time that
// the books were told, and time does not go back.
func (b *Books) Added(id string, now time.Time) (fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.addedLocked(id, now)
}

// Finalized notes that a MessageFinalized is about to be handed on. fresh is false
// if it already was. If its message is not known, it is wanted. now is as in Added.
func (b *Books) Finalized(id string, now time.Time) (fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fresh, _ = b.finalizedLocked(id, now)
	return fresh
}

// Announced is Added or Finalized. ready is false for a MessageFinalized that may
// have to wait when its turn comes; else Waits need not be asked about it.
func (b *Books) Announced(k Kind, id string, now time.Time) (fresh, ready bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if k == Added {
		return b.addedLocked(id, now), true
	}
	return b.finalizedLocked(id, now)
}

func (b *Books) addedLocked(id string, now time.Time) (fresh bool) {
	b.tellLocked(now)
	message := b.entries.name(id)
	e := b.entryLocked(message)
	if e.has(handed) {
		b.revealLocked(e, hidden)
		return false
	}
	var fact *Fact
	if !e.has(known) {
		if w := b.wanted.find(message); w != nil {
			fact = w.fact
		}
		b.knowLocked(message, e)
		if fact == nil {
			b.announcedLocked(e, b.progress.passes)
		}
	}
	b.handLocked(e)
	if fact != nil { // Options.Known was asked about it; that is answered now
		b.dateLocked(*fact, e)
	}
	b.forgetLocked()
	return true
}

// finalizedLocked also returns whether the handlers have had the message.
func (b *Books) finalizedLocked(id string, now time.Time) (fresh, ready bool) {
	b.tellLocked(now)
	happened := b.now
	if !now.IsZero() {
		happened = nanos(now)
	}
	message := b.entries.name(id)
	e := b.entryLocked(message)
	if e.has(told) {
		b.revealLocked(e, masked)
		return false, false
	}
	b.pendLocked(e, false)
	e.state = e.state&^dueFinal | told
	if !b.finals {
		e.state |= returned
	}
	if !e.has(final) {
		b.final.announced(e, happened) // it is announced when it becomes final
		b.final.ages.came(e, b.now)
	}
	b.endLocked(e)
	if !e.has(known) {
		b.wantLocked(message, want{child: b.now, after: b.progress.passes})
	}
	ready = e.has(delivered)
	b.forgetLocked()
	return true, ready
}

// revealLocked notes that a fact was announced after REST had shown it.
func (b *Books) revealLocked(e *entry, how flags) {
	if e.has(how) {
		e.state &^= how
		b.hidden--
	}
}

// handLocked notes that the MessageAdded of e goes to the handlers.
func (b *Books) handLocked(e *entry) {
	e.state = e.state&^due | handed
	if !b.messages {
		e.state |= delivered
	}
}
