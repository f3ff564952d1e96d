package handlers

import "github.com/adic/adic-go/subscription/events"

// A memo holds what one event was decoded to, one *decoded[E] for each E that was
// asked for. It belongs to one pass through a chain at a time, and goes back to
// the chain for another event.
type memo struct{ values []interface{ clear() } }

// decoded is a result of events.Decode, if it is valid.
type decoded[E events.Event] struct {
	event E
	err   error
	valid bool
}

// clear makes d what it was before an event was decoded.
func (d *decoded[E]) clear() { *d = decoded[E]{} }

// clear forgets the event; the room for the next one stays.
func (m *memo) clear() {
	for _, v := range m.values {
		v.clear()
	}
}

// remembered returns the place of the E in m.
func remembered[E events.Event](m *memo) *decoded[E] {
	for _, v := range m.values {
		if d, ok := v.(*decoded[E]); ok {
			return d
		}
	}
	d := &decoded[E]{}
	m.values = append(m.values, d)
	return d
}

// memo returns the memo for one event, or nil if no two handlers could share what
// it is decoded to.
func (c *chain) memo() *memo {
	if c.typed < 2 {
		return nil
	}
	if m, ok := c.memos.Get().(*memo); ok {
		return m
	}
	return &memo{}
}

// release takes m back for other events.
func (c *chain) release(m *memo) {
	if m != nil {
		m.clear()
		c.memos.Put(m)
	}
}
