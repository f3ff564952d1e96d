package fallback

import "slices"

// Clone returns a Pool in the same state. The two share nothing but random, which both
// draw from.
func (p *Pool) Clone() *Pool {
	own := *p
	own.members = slices.Clone(p.members)
	for i := range own.members {
		own.members[i].ladder = own.members[i].ladder.Clone()
	}
	return &own
}

// Clone returns a Ladder in the same state. The two share nothing but random, which
// both draw from.
func (l *Ladder) Clone() *Ladder {
	own := *l
	own.delay = l.delay.clone()
	own.rungs = slices.Clone(l.rungs)
	for i := range own.rungs {
		own.rungs[i].delay = own.rungs[i].delay.clone()
	}
	return &own
}

// clone returns a delay that goes on from here by itself.
func (d delay) clone() delay {
	ceilings := *d.ceilings
	d.ceilings = &ceilings
	return d
}
