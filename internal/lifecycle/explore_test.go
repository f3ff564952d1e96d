package lifecycle

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/pulse"
)

// depth is how many inputs in a row are tried, in every order: the first two connect.
func depth() int {
	if os.Getenv("CI") != "" {
		return 7
	}
	return 6
}

// longAgo is longer ago than makes a difference.
const longAgo = 5 * time.Second

// A dice is a Chooser that says what the test wants.
type dice struct {
	step    fallback.Step
	refused bool
	better  Target
	after   time.Duration // until that is worth a try
}

func (d dice) First(time.Time) fallback.Step                       { return d.step }
func (d dice) Next(time.Time, int, fallback.Outcome) fallback.Step { return d.step }
func (d dice) Refused() bool                                       { return d.refused }
func (d dice) Tried(time.Time, int, fallback.Transport)            {}
func (d dice) Failed(time.Time, int, fallback.Outcome)             {}
func (d dice) Promoted(time.Time, int, fallback.Transport)         {}
func (d dice) Suspect(time.Time, int)                              {}
func (d dice) Trust(int)                                           {}
func (d dice) Clone() Chooser                                      { return d }
func (d dice) Better(now time.Time) (int, fallback.Transport, time.Time) {
	return d.better.Endpoint, d.better.Transport, now.Add(d.after)
}

var (
	atOnce = dice{step: fallback.Step{Transport: fallback.WebSocket}}
	throws = []dice{
		atOnce,
		{step: fallback.Step{Wait: time.Second, Endpoint: 1, Transport: fallback.SSE}, better: Target{0, fallback.WebSocket}},
		{step: fallback.Step{Transport: fallback.Polling}, better: Target{1, fallback.SSE}, after: 3 * time.Second},
		{step: fallback.Step{Wait: 60 * time.Second, Transport: fallback.Polling}},
		{step: fallback.Step{Transport: fallback.SSE}, refused: true},
	}
)

// A node is a state that was reached, with the world as it is then.
type node struct {
	state State
	world world
	now   Instant
}

// key is a node as far as it matters for what comes: times are from now on, what is
// long ago is that, and generations are numbered anew.
func (n node) key() node {
	s, from := n.state, n.now.Mono
	tried := s.Rivals[Better].Opened
	for _, at := range []*time.Duration{&s.Until.Mono, &s.Look, &s.widen, &s.ask, &s.doubt, &s.probed, &tried} {
		if *at != 0 {
			*at = max(*at-from, -longAgo) + longAgo + 1
		}
	}
	s.Until.Wall, s.clock, s.Due, s.choices, s.config = 0, Instant{}, 0, nil, nil
	s.Silence.Since, s.ended.Last, s.ended.How.RetryAfter, s.noes = 0, 0, 0, 0
	s.pauses = [purposes]*fallback.Ladder{}
	var numbers [16]Generation // met so far, 0 the first of them
	met := 1
	number := func(g *Generation) {
		i := slices.Index(numbers[:met], *g)
		if i < 0 {
			i, numbers[met] = met, *g
			met++
		}
		*g = Generation(i)
	}
	for _, l := range []*Link{&s.Link, &s.Rivals[Better], &s.Rivals[Wider], &s.Rivals[Experiment]} {
		number(&l.Gen)
		l.Opened, l.Since = 0, 0
	}
	s.Rivals[Better].Opened = tried
	number(&s.Winner)
	number(&s.ended.Of)
	w := n.world
	number(&w.delivers)
	s.Newest, w.newest, w.links = min(s.Newest, 1), min(w.newest, 1), [8]actual{}
	for i, r := range n.world.links {
		number(&r.gen)
		w.links[i] = r
	}
	return node{state: s, world: w}
}

// inputs are all that may happen: also what cannot, because it speaks of a link that
// was let go or of none.
func (n node) inputs(beats bool) (all []Input) {
	of := []Generation{0, n.world.newest + 1}
	for _, r := range n.world.links {
		if r.gen != 0 {
			of = append(of, r.gen)
		}
	}
	for g := n.world.newest; g > 0; g-- {
		if n.world.find(g) == nil {
			of = append(of, g) // the youngest that was let go
			break
		}
	}
	all = append(all, Start{}, Stop{})
	for _, g := range of {
		all = append(all, Opened{g}, Proved{g}, Ready{g}, Answered{g}, Spoke{g, n.now.Mono}, Narrow{g},
			Ended{Of: g, How: fallback.Outcome{Kind: fallback.Dropped}, Last: n.now.Mono},
			Ended{Of: g, How: fallback.Outcome{Kind: fallback.Refused}, Definite: true, Last: n.now.Mono})
	}
	d, later := n.world.delivers, n.now.Mono+time.Hour
	all = append(all, Tick{Of: n.world.newest + 1, Looked: true, Verdict: pulse.Stale},
		Tick{Of: d}, Tick{Of: d, Frame: later, Spoken: true}, Tick{Of: d, Held: true})
	for _, v := range []pulse.Verdict{pulse.Fine, pulse.Wake, pulse.Stale} {
		if beats {
			again := n.now.Mono + 3*time.Second
			all = append(all, Tick{Of: d, Looked: true, Verdict: v, Again: again, Spoken: true})
			all = append(all, Tick{Of: d, Looked: true, Verdict: v, Again: again, Spoken: true, Frame: later})
		}
	}
	return all
}

// throwsFor are the choosers for which an input is tried.
func throwsFor(in Input) []dice {
	switch in.(type) {
	case Start, Ended:
		return throws
	case Tick:
		return throws[:3] // of different transports that are better
	default:
		return throws[:1]
	}
}

// nows are the instants at which an input is tried: time is looked at when that is
// due, whether or not the wall clock has jumped meanwhile.
func (n node) nows(in Input) []Instant {
	if _, ok := in.(Tick); !ok {
		return []Instant{n.now}
	}
	due := n.now.Add(max(n.state.Due-n.now.Mono, 0))
	if n.world.delivers != 0 {
		return []Instant{due, {due.Mono, due.Wall - time.Hour}}
	}
	return []Instant{due, {due.Mono, due.Wall + time.Hour}}
}

// step takes a step and has it judged. It is false if the input is an impossible one,
// or the last one.
func (n node) step(j *judge, in Input, c Chooser, now Instant) (node, bool) {
	j.from, j.in, j.by = n, in, c
	before := n.state
	before.choices = c
	after, actions := before.Step(in, now)
	next := node{after, n.world, now}
	if n.world.final {
		j.must(len(actions) == 0 && before == after, "closed is final")
		return next, false
	}
	possible := next.world.notes(in)
	if !possible {
		next.world = n.world
	}
	for _, a := range actions {
		next.world.obeys(j, a, now)
	}
	if _, isTick := in.(Tick); !possible && !isTick {
		j.must(len(actions) == 0 && n.key() == next.key(), "nothing is done about what is gone")
	}
	if _, stopped := in.(Stop); stopped {
		next.world.final = true
	}
	next.world.agrees(j, &next.state, now)
	return next, possible
}

// A judge fails with the step that broke a rule.
type judge struct {
	t    *testing.T
	from node
	in   Input
	by   Chooser
}

// wait fails on a wait that is not the chooser's, or that is longer than a minute.
func (j *judge) wait(d time.Duration) {
	j.must(d > 0 && d <= time.Minute, "no wait of our own choosing is longer than a minute")
	if c, ok := j.by.(dice); ok {
		j.must(d == c.step.Wait, "the wait is the chooser's")
	}
}

func (j *judge) must(so bool, rule string) {
	if !so {
		j.t.Helper()
		j.t.Fatalf("%s\n%T%+v\nwith a chooser %+v\nfrom %+v\nin %+v", rule, j.in, j.in, j.by, j.from.state, j.from.world)
	}
}

// TestEveryInputInEveryState goes through all that can happen to a life, to the depth
// that is stated above, against servers with beats and without.
func TestEveryInputInEveryState(t *testing.T) {
	for _, beats := range []bool{true, false} {
		t.Run(fmt.Sprintf("beats %v", beats), func(t *testing.T) {
			first := node{now: Instant{Mono: time.Hour, Wall: 500_000 * time.Hour}, state: New(Config{
				Endpoints: 2, Order: []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling},
				Beats: beats, Prove: longAgo, Random: func() float64 { return 0.5 },
			})}
			seen, steps, phases := map[node]bool{first.key(): true}, 0, map[Phase]int{}
			last := []node{first}
			for range depth() {
				var reached []node
				for _, n := range last {
					steps += n.leads(&judge{t: t}, beats, func(next node) {
						if key := next.key(); !seen[key] {
							seen[key] = true
							phases[next.state.Phase]++
							reached = append(reached, next)
						}
					})
				}
				last = reached
			}
			t.Logf("%d steps, %d states, %d of them in the last layer; by phase %v", steps, len(seen), len(last), phases)
			assert.Len(t, phases, 5, "every phase but the first is reached")
		})
	}
}

// leads takes every step from n, and returns how many those are.
func (n node) leads(j *judge, beats bool, to func(node)) (steps int) {
	for _, in := range n.inputs(beats) {
		for _, now := range n.nows(in) {
			for _, c := range throwsFor(in) {
				steps++
				if next, possible := n.step(j, in, c, now); possible {
					to(next)
				}
			}
		}
	}
	return steps
}
