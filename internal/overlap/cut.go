package overlap

import (
	"hash/maphash"
	"math/bits"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A Cut compares an old and a new connection. The zero Cut is ready. Per lane and
// connection it remembers the last 256 beats and the hashes of the last 4096 events,
// 40 KiB each at most, whatever their size. It is not safe for concurrent use.
type Cut struct {
	lanes  [2]pair // High, Medium
	seed   maphash.Seed
	seeded bool
}

// Old notes an event that the old connection has delivered: all of the types that
// both bring, in order. data is not kept.
func (c *Cut) Old(t events.Type, server time.Time, data []byte) {
	p, k := c.lane(t)
	if p == nil {
		return
	}
	b, ok := p.old.note(server, k, c.hash(t, data))
	p.compare()
	if ok {
		p.meet(match{b.position, p.new.find(b)}, b.second)
	}
}

// New notes an event that the new connection has received and that is kept back:
// all of the types that both bring, in order. data is not kept.
func (c *Cut) New(t events.Type, server time.Time, data []byte) {
	p, k := c.lane(t)
	if p == nil {
		return
	}
	b, ok := p.new.note(server, k, c.hash(t, data))
	p.compare()
	if ok {
		p.meet(match{p.old.find(b), b.position}, b.second)
	}
}

// Confirm notes an event of the new connection as New does, and reports whether it
// is the next one that the old connection has delivered. It is for those that Skip
// counts and that come after the cut, in order, and takes the place of New for
// them. The first false ends the skipping in that lane, the event is to be handed
// on: if Skip still has an answer, the old connection has delivered no more; if
// not, the two differ, and what follows may be doubled or missing.
func (c *Cut) Confirm(t events.Type, server time.Time, data []byte) bool {
	p, _ := c.lane(t)
	if p == nil {
		return false
	}
	c.New(t, server, data)
	n, ok := p.skip()
	return ok && p.new.events <= n
}

// Done reports whether Skip has an answer for the two lanes that have beats. It can
// become false again.
func (c *Cut) Done() bool {
	_, high := c.lanes[0].skip()
	_, medium := c.lanes[1].skip()
	return high && medium
}

// Skip returns how many of the events of a lane that New was given, and is still
// to be given, counted from the first, the old connection has delivered. Those that
// are still to come have to be confirmed. It is false before there is a common beat,
// and until one of a later second if what followed differs, if the old one is more than 4096
// events ahead, or after a type that is not in the catalogue; the low lane never has
// one.
func (c *Cut) Skip(lane events.Priority) (n int, ok bool) {
	switch lane {
	case events.High:
		return c.lanes[0].skip()
	case events.Medium:
		return c.lanes[1].skip()
	default:
		return 0, false
	}
}

// lane returns the lane that t is counted in, nil if that has no beats.
func (c *Cut) lane(t events.Type) (p *pair, k kind) {
	if t == events.TypeTipsUpdated {
		return &c.lanes[0], aBeat
	}
	if t == events.TypeKCoreUpdated {
		return &c.lanes[1], aBeat
	}
	switch t.Priority() {
	case events.High:
		return &c.lanes[0], common
	case events.Medium:
		return &c.lanes[1], common
	case events.AnyPriority:
		return &c.lanes[1], foreign
	default:
		return nil, common
	}
}

// hash returns that of an event.
func (c *Cut) hash(t events.Type, data []byte) uint64 {
	if !c.seeded {
		c.seed, c.seeded = maphash.MakeSeed(), true
	}
	return bits.RotateLeft64(maphash.String(c.seed, string(t)), 1) ^ maphash.Bytes(c.seed, data)
}
