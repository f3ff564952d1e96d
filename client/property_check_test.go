package client_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// Evidence is what a client was handed while a story happened.
type evidence struct {
	story  *story
	envs   []events.Envelope      // in the order in which the handler was given them
	gaps   []events.Gap           // likewise
	polled []span                 // when polling was the transport
	states map[events.Type]string // what REST shows at the end
	last   map[events.Type]string // what the client was told last, in the same form
}

// A span is a time on the host's clock.
type span struct{ from, to time.Time }

func (s span) meets(o span, slack time.Duration) bool {
	return !s.to.Before(o.from.Add(-slack)) && !s.from.After(o.to.Add(slack))
}

// startRead is how long after the first connect a message may come that is silent
// if it was stamped before.
const startRead = 15 * time.Second

// The beats of a node, and how far they may be apart before that is a hole.
var (
	beatEvery = map[events.Priority]time.Duration{
		events.High: 3 * time.Second, events.Medium: 6 * time.Second, events.Low: 6 * time.Second,
	}
	beatType = map[events.Priority]events.Type{
		events.High: events.TypeTipsUpdated, events.Medium: events.TypeKCoreUpdated,
	}
)

// beatSlack is what a hole's beats are apart beyond their rhythm.
const beatSlack = 2 * time.Second

// check returns all that contradicts what is promised.
func (e *evidence) check() (wrong []string) {
	wrong = append(wrong, e.facts()...)
	wrong = append(wrong, e.notices()...)
	wrong = append(wrong, e.lastStates()...)
	wrong = append(wrong, e.stages()...)
	return append(wrong, e.bounds()...)
}

// A tally is how often, and at which place, the facts of a message came.
type tally struct {
	added, finalized     int
	addedAt, finalizedAt int // place of the first
}

func (e *evidence) tallies() map[string]*tally {
	all := make(map[string]*tally)
	for i, env := range e.envs {
		if env.Type != events.TypeMessageAdded && env.Type != events.TypeMessageFinalized {
			continue
		}
		id, _ := wire.MessageID(env.Data)
		t := all[id]
		if t == nil {
			t = &tally{addedAt: -1, finalizedAt: -1}
			all[id] = t
		}
		if env.Type == events.TypeMessageAdded {
			t.added++
			if t.addedAt < 0 {
				t.addedAt = i
			}
			continue
		}
		t.finalized++
		if t.finalizedAt < 0 {
			t.finalizedAt = i
		}
	}
	return all
}

// facts checks that every fact above the horizon that REST shows came exactly
// once, and none twice or out of nothing.
func (e *evidence) facts() (wrong []string) {
	say := func(id string, m *happening, format string, args ...any) {
		wrong = append(wrong, fmt.Sprintf("message %.8s, stamped %v and come %v after the connect: ", id,
			m.stamp.Add(-e.story.skew).Sub(e.story.connected), m.arrived.Sub(e.story.connected))+fmt.Sprintf(format, args...))
	}
	tallies := e.tallies()
	for id, t := range tallies {
		m := e.story.messages[id]
		if m == nil {
			wrong = append(wrong, "a message that never was: "+id)
			continue
		}
		if t.added > 1 {
			say(id, m, "MessageAdded came %d times", t.added)
		}
		if t.finalized > 1 {
			say(id, m, "MessageFinalized came %d times", t.finalized)
		}
		if t.finalized > 0 && !m.final {
			say(id, m, "MessageFinalized came, and it never was final")
		}
		if t.added > 0 && t.finalized > 0 && t.finalizedAt < t.addedAt && !e.silent(m) && !m.absent {
			say(id, m, "MessageFinalized came before MessageAdded")
		}
	}
	for id, m := range e.story.messages {
		t := tallies[id]
		if t == nil {
			t = &tally{}
		}
		if e.mustBeAdded(m) && t.added == 0 {
			say(id, m, "MessageAdded is missing")
		}
		if e.mustBeFinal(m) && t.finalized == 0 {
			say(id, m, "MessageFinalized is missing")
		}
	}
	slices.Sort(wrong)
	return wrong
}

// silent reports whether m may be known from the start, and so never be told.
func (e *evidence) silent(m *happening) bool {
	return m.stamp.Before(e.story.connected.Add(e.story.skew)) && m.arrived.Before(e.story.connected.Add(startRead))
}

func (e *evidence) mustBeAdded(m *happening) bool {
	return e.story.wants(events.TypeMessageAdded) && m.shown && m.stamp.After(e.story.horizon()) && !e.silent(m)
}

func (e *evidence) mustBeFinal(m *happening) bool {
	return e.story.wants(events.TypeMessageFinalized) && m.shown && m.isFinal && m.stamp.After(e.story.horizon())
}

// complete reports whether no fact is missing, and how many still are.
func (e *evidence) missing() (n int) {
	tallies := e.tallies()
	for id, m := range e.story.messages {
		t := tallies[id]
		if e.mustBeAdded(m) && (t == nil || t.added == 0) {
			n++
		}
		if e.mustBeFinal(m) && (t == nil || t.finalized == 0) {
			n++
		}
	}
	return n
}

// lastStates checks that the client was last told what REST shows.
func (e *evidence) lastStates() (wrong []string) {
	for typ, want := range e.states {
		if e.story.wants(typ) && e.last[typ] != want && !e.lostState(typ) {
			wrong = append(wrong, fmt.Sprintf("%s: told %s, REST shows %s", typ, e.last[typ], want))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// lostState reports whether a server that tells its state on change only has lost
// the lane's events of a connection: then nobody can know that the last one is
// missing.
func (e *evidence) lostState(typ events.Type) bool {
	return !e.story.node && slices.ContainsFunc(e.story.losses, func(l refserver.Loss) bool { return l.Lane == typ.Lane() })
}
