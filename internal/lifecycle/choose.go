package lifecycle

import (
	"time"

	"github.com/adic/adic-go/fallback"
)

// A Target is one way to follow one node.
type Target struct {
	Endpoint  int // index of the node; 0 is the preferred one
	Transport fallback.Transport
}

// A Chooser says which target is next, and when: a fallback.Pool, see there for what
// its methods mean. It belongs to one state, which clones it before it calls anything
// but Better and Refused. Times are of the monotonic clock.
type Chooser interface {
	First(now time.Time) fallback.Step
	Next(now time.Time, endpoint int, last fallback.Outcome) fallback.Step
	Refused() bool

	Better(now time.Time) (endpoint int, t fallback.Transport, at time.Time)
	Tried(now time.Time, endpoint int, t fallback.Transport)
	Failed(now time.Time, endpoint int, try fallback.Outcome)
	Promoted(now time.Time, endpoint int, t fallback.Transport)

	Suspect(now time.Time, endpoint int)
	Trust(endpoint int)

	Clone() Chooser
}

// By returns p as a Chooser.
func By(p *fallback.Pool) Chooser { return pool{p} }

type pool struct{ *fallback.Pool }

func (p pool) Clone() Chooser { return pool{p.Pool.Clone()} }

// target is where a step of a chooser leads.
func target(s fallback.Step) Target { return Target{s.Endpoint, s.Transport} }

// noes are the targets whose last word, in this run, was a definite no.
type noes uint64

// noted returns n with what became of to.
func (n noes) noted(to Target, no bool) noes {
	bit := bitOf(to)
	if no {
		return n | bit
	}
	return n &^ bit
}

// all reports whether every transport of every endpoint has said no.
func (n noes) all(endpoints int, order []fallback.Transport) bool {
	for e := range endpoints {
		for _, t := range order {
			if n&bitOf(Target{e, t}) == 0 {
				return false
			}
		}
	}
	return true
}

// bitOf is 0 from the 17th endpoint on: what is not noted is no definite no.
func bitOf(t Target) noes { return 1 << (4*t.Endpoint + int(t.Transport)) }
