package overlap

import (
	"hash/maphash"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A Cut compares an old and a new connection. The zero Cut is ready. It remembers
// the last 256 beats per lane and connection, 8 KiB each at most, whatever their
// size. It is not safe for concurrent use.
type Cut struct {
	lanes  [2]pair // High, Medium
	seed   maphash.Seed
	seeded bool
}

// A pair is one lane on both connections.
type pair struct {
	old, new side
	common   common
}

// common is the last beat that both have, by its position on each; the zero one
// is none, as positions begin at 1.
type common struct{ old, new int }

// Old notes an event that the old connection has delivered: all of the types that
// both bring, in order. data is not kept.
func (c *Cut) Old(t events.Type, server time.Time, data []byte) {
	p, isBeat := c.lane(t)
	if p == nil {
		return
	}
	if b, ok := p.old.note(t, server, isBeat); ok {
		b.hash = c.hash(data)
		if b, ok = p.old.remember(b); ok {
			p.match(b.position, p.new.find(b))
		}
	}
}

// New notes an event that the new connection has received and that is kept back:
// all of the types that both bring, in order. data is not kept.
func (c *Cut) New(t events.Type, server time.Time, data []byte) {
	p, isBeat := c.lane(t)
	if p == nil {
		return
	}
	if b, ok := p.new.note(t, server, isBeat); ok {
		b.hash = c.hash(data)
		if b, ok = p.new.remember(b); ok {
			p.match(p.old.find(b), b.position)
		}
	}
}

// Done reports whether Skip has an answer for the two lanes that have beats.
func (c *Cut) Done() bool {
	_, high := c.lanes[0].skip()
	_, medium := c.lanes[1].skip()
	return high && medium
}

// Skip returns how many of the events of a lane that New was given, and is still
// to be given, counted from the first, the old connection has delivered. It is
// false if there is no common beat; the low lane never has one.
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

// lane returns the lane that t travels in, nil if it is one without beats.
func (c *Cut) lane(t events.Type) (p *pair, isBeat bool) {
	switch t {
	case events.TypeTipsUpdated:
		return &c.lanes[0], true
	case events.TypeKCoreUpdated:
		return &c.lanes[1], true
	}
	switch t.Lane() {
	case events.High:
		return &c.lanes[0], false
	case events.Medium:
		return &c.lanes[1], false
	default:
		return nil, false
	}
}

func (c *Cut) hash(data []byte) uint64 {
	if !c.seeded {
		c.seed, c.seeded = maphash.MakeSeed(), true
	}
	return maphash.Bytes(c.seed, data)
}

// match notes a beat at its positions on both sides; 0 is nowhere.
func (p *pair) match(old, new int) {
	if old > p.common.old && new > p.common.new {
		p.common = common{old, new}
	}
}

// skip returns what Skip does.
func (p *pair) skip() (n int, ok bool) {
	at := p.common
	if at == (common{}) || p.old.foreign > at.old || p.new.foreign > at.new {
		return 0, false
	}
	return at.new + p.old.events - at.old, true
}
