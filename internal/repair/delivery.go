package repair

// Waits reports whether a MessageFinalized of the message has to wait: its
// MessageAdded is wanted, no handler was given it yet, and it can still come. It
// cannot if the message is history, or if the server said five times that it does
// not have it.
func (b *Books) Waits(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	message := b.entries.name(id)
	e := b.entries.find(message)
	switch {
	case !b.messages, e == nil, e.has(delivered):
		return false
	case e.has(handed):
		return true
	case e.has(known):
		return false // the application was not told of it, and will not be
	}
	w := b.wanted.find(message)
	return w != nil && !w.absent()
}

// Delivered notes that the handlers have returned from the fact.
func (b *Books) Delivered(k Kind, id string) { b.done(k, id) }

// Lost notes that the fact was handed on and will never be delivered: there was no
// room for it. Nothing waits for it any more.
func (b *Books) Lost(k Kind, id string) { b.done(k, id) }

func (b *Books) done(k Kind, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries.get(id)
	switch {
	case e == nil:
	case k == Added:
		e.state = e.state&^due | handed | delivered
	default:
		e.state = e.state&^dueFinal | told | returned
	}
}
