package overlap

// A pair is one lane on both connections.
type pair struct {
	old, new side
	last     match
	same     int   // the position on new up to which both agree after last
	apart    bool  // they do not agree after it, or nobody can tell any more
	doubt    int64 // the second up to which beats may have a wrong number, if apart
}

// A match is a beat that both have, by its position on each; the zero match is
// none, as positions begin at 1.
type match struct{ old, new int }

// ahead is how far the position of an event on the old side is above that on the
// new one.
func (m match) ahead() int { return m.old - m.new }

// compare goes on from the last event that both had, as far as both have come. What
// the old side has delivered beyond that must be remembered until the new one
// brings it; the other way round it matters only if the old one goes on.
func (p *pair) compare() {
	if p.last == (match{}) || p.apart {
		return
	}
	ahead := p.last.ahead()
	for p.same < min(p.new.events, p.old.events-ahead) {
		on := p.same + 1
		if !p.new.holds(on) || p.new.hash(on) != p.old.hash(on+ahead) {
			p.apart, p.doubt = true, p.lost(on)
			return
		}
		p.same = on
	}
	p.apart = p.old.events > p.same+ahead && !p.old.holds(p.same+ahead+1)
}

// lost returns the latest second in which events can have been lost, where the sides
// differ at a position on the new one. It is that of the event that was just noted.
func (p *pair) lost(on int) int64 {
	switch {
	case on < p.new.events:
		return p.old.second
	case on+p.last.ahead() < p.old.events:
		return p.new.second
	default:
		return max(p.old.second, p.new.second)
	}
}

// meet notes a beat of a second that may be on both sides; a position of 0 says
// that it is not there. As long as all agree since the last one, a beat in another
// place is an equal one with a wrong number, as some before it were lost.
func (p *pair) meet(at match, second int64) {
	if at.old <= p.last.old || at.new <= p.last.new || p.apart && second <= p.doubt {
		return
	}
	if p.last == (match{}) || p.apart {
		p.same, p.apart = at.new, false
	} else if at.ahead() != p.last.ahead() {
		return
	}
	p.last = at
	p.compare()
}

// skip returns what Skip does.
func (p *pair) skip() (n int, ok bool) {
	at := p.last
	if at == (match{}) || p.apart || p.old.foreign > at.old || p.new.foreign > at.new {
		return 0, false
	}
	return p.old.events - at.ahead(), true
}
