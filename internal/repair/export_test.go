package repair

// Known reports whether the message is known to exist.
func (b *Books) Known(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries.get(id)
	return e != nil && e.has(known)
}
