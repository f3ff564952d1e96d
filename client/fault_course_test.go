package client_test

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/bubbles"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// busy lets d go by with traffic: c.rate events a second at random times, most of them
// notices, some messages, finalizations and states.
func (c *course) busy(d time.Duration) {
	end := time.Now().Add(d)
	for {
		next := time.Now().Add(time.Duration(c.rng.ExpFloat64() / c.rate * float64(time.Second)))
		if !next.Before(end) {
			break
		}
		time.Sleep(time.Until(next))
		c.happen()
	}
	pass(time.Until(end))
}

// busyUntil lets time go by with traffic until ok holds. It fails after limit, and
// returns how long it took.
func (c *course) busyUntil(limit time.Duration, what string, ok func() bool) time.Duration {
	c.t.Helper()
	began := time.Now()
	for !ok() {
		c.busy(50 * time.Millisecond)
		if time.Since(began) > limit {
			c.t.Errorf("%s: not within %v", what, limit)
			break
		}
	}
	return time.Since(began)
}

// noticed lets time go by with traffic until the client sees that its stream is not
// what it was: it is stale, another one takes over, or it ends.
func (c *course) noticed(limit time.Duration) {
	c.t.Helper()
	changes := len(c.changeList())
	c.busyUntil(limit, "noticed", func() bool {
		return len(c.changeList()) > changes || !c.m.Health().OK()
	})
}

// dials returns how often any stream was dialled.
func (c *course) dials() (n uint64) {
	s := c.m.Metrics().Snapshot()
	return s.Transports[fallback.WebSocket].Dials + s.Transports[fallback.SSE].Dials
}

// happen is one event of the traffic.
func (c *course) happen() {
	switch n := c.rng.IntN(1 << 20); n % 20 {
	case 0, 1, 2:
		c.add(refserver.AddOptions{})
	case 3:
		c.add(refserver.AddOptions{Peer: true})
	case 4, 5:
		c.finalize(n/20, false)
	case 6:
		c.conflicts(n)
	case 7, 8:
		c.notice(oneOf(c.rng, events.TypeSyncStarted, events.TypeEscrowLocked, events.TypeNodeStarted), 1)
	default:
		c.notice(oneOf(c.rng, events.TypeTransferRecorded, events.TypePeerConnected), 1)
	}
}

// upTo draws a duration, to move a fault within a beat or a wait.
func (c *course) upTo(d time.Duration) time.Duration { return c.scenario.between(0, d) }

// awaits begins to measure the time to the next event: a fault has ended, or
// something else can take over.
func (c *course) awaits() { c.marks = append(c.marks, time.Now()) }

// dies ends the node's process, and lives is its restart with all that it had stored.
func (c *course) dies() {
	c.net.Refuse(address, true)
	c.net.Reset(address)
}

func (c *course) lives() { c.net.Refuse(address, false) }

// causes returns the causes of the gaps that were told.
func (c *course) causes() []events.GapCause { return c.episodes(c.t) }

// judge waits until the client has had the time to make up for everything, counts
// what came, and holds it against what is promised.
func (c *course) judge(unjudged bool) {
	wrong := c.settle(c.m)
	e := c.evidence()
	c.count(e)
	if unjudged {
		return
	}
	wrong = append(wrong, e.check()...)
	h := c.m.Health()
	if h.OpenGaps > 0 && !e.story.polling || h.Owed > 0 {
		wrong = append(wrong, fmt.Sprintf("%d gaps are open, %d facts are owed", h.OpenGaps, h.Owed))
	}
	if !assert.Empty(c.t, wrong[:min(len(wrong), 20)]) {
		for _, f := range e.story.faults {
			c.t.Logf("fault %s: %v to %v after the connect", f.kind, f.from.Sub(e.story.connected), f.to.Sub(e.story.connected))
		}
		for _, g := range e.gaps {
			c.t.Logf("%v", g)
		}
		for _, change := range c.changeList() {
			c.t.Logf("%v after the connect: %v %v, %v", change.At.Sub(e.story.connected), change.To, change.Transport, change.Err)
		}
	}
}

// count adds what this seed brought to the row.
func (c *course) count(e *evidence) {
	r := c.row
	tallies := e.tallies()
	for id, m := range e.story.messages {
		var got tally
		if t := tallies[id]; t != nil {
			got = *t
		}
		r.fact(e.mustBeAdded(m), got.added)
		r.fact(e.mustBeFinal(m), got.finalized)
	}
	for _, a := range e.accounts() {
		r.Sent += a.said
		r.Delivered += min(a.came, a.said)
		r.Lost += max(a.said-a.came-a.excused, 0)
		r.Unseen += min(max(a.said-a.came-(a.excused-a.unseen), 0), a.unseen)
		r.Doubled += max(a.came-a.said-a.doubles, 0)
	}
	for _, g := range e.gaps {
		switch g.Stage {
		case events.GapOpened:
			r.Gaps++
		case events.GapClosed:
			if !e.mayLast(g) {
				r.Unfounded += e.unfounded(g).Seconds()
			}
		case events.GapSettled:
		}
	}
	for _, at := range c.marks {
		if next, ok := nextEvent(e.envs, at); assert.True(c.t, ok, "no event since %v", at) {
			r.next = append(r.next, next)
		}
	}
}

// fact counts one fact that came so often.
func (r *row) fact(must bool, came int) {
	if must || came > 0 {
		r.Sent++
	}
	if came > 0 {
		r.Delivered++
		r.Doubled += came - 1
	} else if must {
		r.Lost++
	}
}

// nextEvent returns how long after at the next event came.
func nextEvent(envs []events.Envelope, at time.Time) (d time.Duration, ok bool) {
	var next time.Time
	for _, env := range envs {
		if !env.Received.Before(at) && (next.IsZero() || env.Received.Before(next)) {
			next = env.Received
		}
	}
	return next.Sub(at), !next.IsZero()
}

// unfounded returns how much of a gap lies outside of all faults and the recovery
// from each.
func (e *evidence) unfounded(g events.Gap) time.Duration {
	if e.explained(g) {
		return 0
	}
	var spans []span
	for _, f := range e.story.faults {
		if recovery, ok := gapsOf[f.kind][g.Cause]; ok {
			spans = append(spans, span{f.from.Add(-e.slack()), f.to.Add(recovery)})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	outside, at := time.Duration(0), g.From
	for _, s := range spans {
		if s.from.After(g.To) {
			break
		}
		outside += max(s.from.Sub(at), 0)
		at = later(at, s.to)
	}
	return outside + max(g.To.Sub(at), 0)
}

// serversOwn is in the stacks of goroutines that a client does not answer for: a
// server, or a proxy, never finds out about some of the connections that are gone.
var serversOwn = regexp.MustCompile(`internal/refserver\.|net/http/httputil\.|net/http\.\(\*(Server|conn|connReader)\)`)

// clientsOwn returns the stacks of the goroutines of the caller's bubble, but for those
// of a server.
func clientsOwn() []string {
	return slices.DeleteFunc(bubbles.Goroutines(), serversOwn.MatchString)
}
