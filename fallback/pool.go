package fallback

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Pool decides which of several endpoints to try next, by which transport and when.
// The first endpoint is the preferred one, the others follow in the order of
// preference. Each has a Ladder of its own, and a score: the faults of the last
// minutes. With one endpoint a Pool is a Ladder.
//
//   - A run begins at the preferred endpoint, and so does the return to it.
//   - After a fault, the loss of a working connection included, the next endpoint
//     is tried at once, if there is one that may be tried and has no more faults; so
//     all have been tried before the first wait.
//   - A refusal is no fault: it is answered by the next transport of the same
//     endpoint. One that refuses all of them has had its pass, and the next is tried.
//   - While a connection works, Better names a better transport of its endpoint, or an
//     endpoint that is preferred to it. That is looked at after a random part of
//     Policy.Promote, three quarters of it wide, so that the clients of a node that
//     was away do not come back to it at the same moment, and only when less than one
//     fault is held against it. A stream at any endpoint is better than polling.
//   - An endpoint that is connected and cannot be trusted (Suspect) is worse than
//     every other one.
//
// A Pool is not safe for concurrent use: it belongs to the loop that asks it.
type Pool struct {
	policy  Policy
	rand    func() float64
	members []member
	current int
	proved  bool
}

// NewPool returns a Pool of n endpoints, one at least, for p. Mistakes in p count as
// zero. random is as that of New.
func NewPool(n int, p Policy, random func() float64) *Pool {
	if random == nil {
		random = rand.Float64
	}
	pool := &Pool{policy: p.usable(), rand: random, members: make([]member, max(n, 1))}
	for i := range pool.members {
		pool.members[i].ladder = New(p, random)
	}
	return pool
}

// First returns the first attempt: the best transport of the preferred endpoint, at
// once.
func (p *Pool) First(now time.Time) Step { return p.begin(now, 0) }

// Next returns what to do now that last has ended, which was an attempt at the
// endpoint or a connection to it.
func (p *Pool) Next(now time.Time, endpoint int, last Outcome) Step {
	m := p.member(endpoint)
	p.current = endpoint
	step := m.ladder.Next(now, last)
	m.plan(now, step)
	switch {
	case last.Kind == Dropped || last.Good:
		p.proved = true
		m.refused = false
	case last.Kind != Refused:
		m.refused = false
	case m.ladder.Refused():
		m.refused = true
	}
	if last.Good {
		m.suspect = false
	}
	if last.Kind == Refused && step.Wait == 0 || len(p.members) == 1 {
		return p.begin(now, endpoint)
	}
	if last.Kind != Refused {
		m.fault(now, 1)
	}
	p.rests(now, m)
	return p.begin(now, p.cheapest(now))
}

// Better returns where and how to try to go from the connection that works, and when,
// now or later. The transport is None if there is nothing better. Asking changes
// nothing. The caller tries it beside the running connection, says so with Tried, and
// reports with Failed or Promoted.
func (p *Pool) Better(now time.Time) (endpoint int, t Transport, at time.Time) {
	here := p.member(p.current)
	endpoint = p.current
	t, at = here.ladder.Better(now)
	var cost time.Duration
	if here.suspect {
		t = None // a better transport of the same node is no better
	}
	for i := range p.members {
		m := &p.members[i]
		rungs := p.reach(i)
		if rungs == 0 {
			continue
		}
		it, due := m.ladder.due(now, rungs)
		if !here.suspect || m.suspect {
			due = later(due, later(m.back, m.pardon()))
		}
		if price := m.held(now); t == None || due.Before(at) || due.Equal(at) && here.suspect && price < cost {
			endpoint, t, at, cost = i, it, due, price
		}
	}
	return endpoint, t, at
}

// reach returns how many of the transports of endpoint i, the best first, are better
// than the connection that works.
func (p *Pool) reach(i int) int {
	here := p.members[p.current].ladder
	all := len(here.rungs)
	polls := here.rungs[here.current].transport == Polling
	switch {
	case i == p.current:
		return 0 // its ladder says
	case p.members[p.current].suspect:
		return all
	case p.policy.Promote < 0:
		return 0
	case i < p.current:
		return here.current + 1
	case polls:
		return here.current
	}
	return 0
}

// Tried says that t is being tried at the endpoint, beside the connection that works.
func (p *Pool) Tried(now time.Time, endpoint int, t Transport) {
	p.member(endpoint).ladder.Tried(now, t)
}

// Failed says that a try that Better named ended before it became good.
func (p *Pool) Failed(now time.Time, endpoint int, try Outcome) {
	m := p.member(endpoint)
	m.ladder.Failed(now, try)
	if endpoint == p.current {
		return
	}
	if try.Kind == Refused {
		if rungs := p.reach(endpoint); rungs > 0 {
			if _, due := m.ladder.due(now, rungs); !due.After(now) {
				return // by the next transport, at once
			}
		}
	} else {
		m.fault(now, 1)
	}
	p.rests(now, m)
}

// Promoted says that t became good at the endpoint, beside the connection that
// worked, and takes its place. The end of that one is not reported to Next.
func (p *Pool) Promoted(now time.Time, endpoint int, t Transport) {
	m := p.member(endpoint)
	if endpoint != p.current {
		p.rests(now, p.member(p.current))
	}
	p.current, p.proved = endpoint, true
	m.planned, m.suspect, m.refused = false, false, false
	m.ladder.Promoted(now, t)
}

// Suspect says that the endpoint, although connected, cannot be trusted: its node has
// fallen silent. Every other one is better until Trust, or until a connection to it
// has become good again.
func (p *Pool) Suspect(now time.Time, endpoint int) {
	m := p.member(endpoint)
	if m.suspect || len(p.members) == 1 {
		return
	}
	m.suspect = true
	m.fault(now, 2) // worse than a fault
	p.rests(now, m)
}

// Trust takes Suspect back: the node speaks again.
func (p *Pool) Trust(endpoint int) { p.member(endpoint).suspect = false }

// Refused reports whether the last pass of each endpoint was refused by every
// transport while no connection has ever been usable: there is nothing to hope for.
func (p *Pool) Refused() bool {
	for i := range p.members {
		if !p.members[i].refused {
			return false
		}
	}
	return !p.proved
}

func (p *Pool) member(endpoint int) *member { return &p.members[endpoint] }

// begin takes the next step of the endpoint.
func (p *Pool) begin(now time.Time, endpoint int) Step {
	m := p.member(endpoint)
	p.current = endpoint
	if !m.isPlanned(now, p.policy) {
		m.plan(now, m.ladder.First(now))
	}
	m.planned = false
	return Step{Wait: max(0, m.at.Sub(now)), Endpoint: endpoint, Transport: m.next}
}

// cheapest returns the endpoint to try next: the wait counts, and each fault like a
// wait of two seconds.
func (p *Pool) cheapest(now time.Time) int {
	best, least := 0, time.Duration(math.MaxInt64)
	for i := range p.members {
		m := &p.members[i]
		at := m.at
		if !m.isPlanned(now, p.policy) {
			at = m.ladder.open(now)
		}
		if cost := max(0, at.Sub(now)) + m.held(now); cost < least {
			best, least = i, cost
		}
	}
	return best
}

// rests keeps Better from naming m for a while, another one for each client.
func (p *Pool) rests(now time.Time, m *member) {
	if len(p.members) == 1 {
		return
	}
	longest := p.policy.Promote
	if longest < 0 {
		longest = defaultPromote
	}
	m.back = now.Add(between(longest/4, longest, p.rand))
}
