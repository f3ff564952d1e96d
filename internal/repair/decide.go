package repair

// AskKnown says whether there is somebody to ask what an earlier run has
// delivered. Then Found and Final say Ask about what is not known and lies below
// the horizon or before the first connection, down to the horizon of the first
// start.
func (b *Books) AskKnown(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.askKnown = on
}

// askLocked notes that Options.Known is asked about f. Until it has answered, f
// is wanted, so that each pass finds it again.
func (b *Books) askLocked(f Fact, at int64) {
	b.parentsLocked(f, b.horizon)
	message := b.entries.name(f.ID)
	w := b.wantedLocked(message)
	w.child = max(w.child, at)
	w.pass = b.progress.pass + 1
	w.times, w.announced = 0, false
	w.fact = &f
	b.setLocked(message, w)
}

// Decide notes whether the application has the fact that Found or Final said to
// ask about. handOn is true once: if it has not, and somebody wants it. What was
// decided or announced meanwhile is left alone.
func (b *Books) Decide(k Kind, id string, known bool) (handOn bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if k == Finalized {
		return b.decideFinalLocked(id, known)
	}
	w := b.wanted.get(id)
	if w == nil || w.fact == nil {
		return false
	}
	handOn = !known && b.messages
	b.enterLocked(*w.fact, handOn)
	if e := b.entries.get(id); e != nil && !handOn {
		e.state = e.state&^due | handed | delivered
		if e.at <= b.horizon && !e.has(dueFinal) {
			b.final.forget(e)
		}
	}
	return handOn
}

func (b *Books) decideFinalLocked(id string, known bool) (handOn bool) {
	e := b.entries.get(id)
	if e == nil || !e.has(pending) {
		return false
	}
	handOn = !known && b.finals
	b.tellFinalLocked(e, handOn)
	b.endLocked(e)
	return handOn
}
