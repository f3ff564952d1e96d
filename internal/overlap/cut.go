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
	last     match
}

// A match is a beat that both have, by its position on each; the zero match is
// none, as positions begin at 1.
type match struct{ old, new int }

// Old notes an event that the old connection has delivered: all of the types that
// both bring, in order. data is not kept.
func (c *Cut) Old(t events.Type, server time.Time, data []byte) {
	p, k := c.lane(t)
	if p == nil {
		return
	}
	if b, ok := p.old.note(server, k); ok {
		b.hash = c.hash(data)
		if b, ok = p.old.remember(b); ok {
			p.meet(match{b.position, p.new.find(b)})
		}
	}
}

// New notes an event that the new connection has received and that is kept back:
// all of the types that both bring, in order. data is not kept.
func (c *Cut) New(t events.Type, server time.Time, data []byte) {
	p, k := c.lane(t)
	if p == nil {
		return
	}
	if b, ok := p.new.note(server, k); ok {
		b.hash = c.hash(data)
		if b, ok = p.new.remember(b); ok {
			p.meet(match{p.old.find(b), b.position})
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
// false before there is a common beat, and after a type that is not in the
// catalogue; the low lane never has one.
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

func (c *Cut) hash(data []byte) uint64 {
	if !c.seeded {
		c.seed, c.seeded = maphash.MakeSeed(), true
	}
	return maphash.Bytes(c.seed, data)
}

// meet notes a beat that may be on both sides; a position of 0 says that it is
// not there.
func (p *pair) meet(at match) {
	if at.old > p.last.old && at.new > p.last.new {
		p.last = at
	}
}

// skip returns what Skip does.
func (p *pair) skip() (n int, ok bool) {
	at := p.last
	if at == (match{}) || p.old.foreign > at.old || p.new.foreign > at.new {
		return 0, false
	}
	return at.new + p.old.events - at.old, true
}
