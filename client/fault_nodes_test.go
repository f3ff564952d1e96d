package client_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// Faults of one node of several. What is counted are facts: notices of two nodes have no
// common sequence, and a gap says so.

const factsOnly = "two nodes; facts are counted, of notices a gap speaks"

// onNodes plays a story about a client of two nodes, which holds the same messages.
func (s *sheet) onNodes(t *testing.T, story func(c *course, w *network)) {
	t.Helper()
	s.bare, s.note = true, factsOnly
	s.play(t, func(c *course) {
		w := newNetwork(c.t, 2, c.scenario.config)
		w.follow(c.opts)
		w.at(0)
		w.busy(0, 10*time.Second)
		pass(c.upTo(6 * time.Second))
		story(c, w)
		w.complete()
		w.counts(c.row)
		began := time.Now()
		requireCanceled(c.t, w.stop())
		assert.LessOrEqual(c.t, time.Since(began), time.Second, "shutdown")
		w.close()
	})
}

// counts adds what came to the row.
func (w *network) counts(r *row) {
	w.t.Helper()
	added, finals := w.truth()
	for typ, ids := range map[events.Type][]string{events.TypeMessageAdded: added, events.TypeMessageFinalized: finals} {
		came := make(map[string]int)
		for _, id := range w.ids(w.t, typ) {
			came[id]++
		}
		for _, id := range ids {
			r.fact(true, came[id])
		}
	}
	for _, g := range w.gapList() {
		if g.Stage == events.GapOpened {
			r.Gaps++
		}
	}
}

// next measures the time from the fault to the first event that another node told.
func (w *network) next(r *row, fault time.Time) {
	w.t.Helper()
	w.at(1)
	w.busy(1, 5*time.Second)
	d, ok := nextEvent(slices.DeleteFunc(w.all(), func(e events.Envelope) bool { return e.Type.Family() == events.State }), fault)
	require.True(w.t, ok)
	r.next = append(r.next, d)
}

// twoIntervals are two heartbeats of a server and a second.
const twoIntervals = 31 * time.Second

// Not a byte comes from the node any more, nor does it get one; another one is up.
func TestFault08SilentDropAnotherNode(t *testing.T) {
	s := sheet{number: 8, name: "silent drop for good, other node up", seeds: 5, worst: twoIntervals + time.Second}
	s.onNodes(t, func(c *course, w *network) {
		fault := time.Now()
		w.net.Freeze("node0:80", true)
		w.next(c.row, fault)
		w.busy(1, time.Minute)
		assert.Contains(c.t, w.episodes(c.t), events.GapByFailover)
		w.net.Reset("node0:80") // so that it can be closed
	})
}

// Bytes are lost in one direction.
func TestFault09OneWayDropAnotherNode(t *testing.T) {
	for way, name := range map[memnet.Way]string{memnet.Up: "to the node", memnet.Down: "from the node"} {
		t.Run(name, func(t *testing.T) {
			s := sheet{number: 9, name: "one-way drop, " + name + ", other node up", seeds: 5, worst: twoIntervals + time.Second}
			s.onNodes(t, func(c *course, w *network) {
				fault := time.Now()
				w.net.FreezeWay("node0:80", way, true)
				if way == memnet.Up && (c.by == fallback.SSE || c.scenario.config.Dialect == refserver.Node) {
					// Events come all the while: what is read by REST comes later.
					w.busy(0, 40*time.Second)
					assert.Equal(c.t, urlOf(0), w.m.Health().Endpoint)
					c.row.next = append(c.row.next, time.Second)
				} else {
					w.next(c.row, fault)
				}
				w.busy(1, 20*time.Second)
				w.net.FreezeWay("node0:80", way, false)
				assert.LessOrEqual(c.t, w.at(0), 3*time.Minute)
				w.busy(0, 20*time.Second)
			})
		})
	}
}

// The application is away, and when it goes on from its cursor, another node of the pool
// answers. With Known nothing comes twice.
func TestFault30ResumeAtAnotherNode(t *testing.T) {
	s := sheet{number: 30, name: "resume at another node of the pool", seeds: 5}
	s.onNodes(t, func(c *course, w *network) {
		pass(30 * time.Second)
		cursor := w.m.Cursor()
		requireCanceled(c.t, w.stop())
		w.net.Refuse("node0:80", true)
		w.busy(1, 30*time.Second)
		c.opts.ResumeFrom, c.opts.Known = cursor, w.known
		w.gaps = nil // they are numbered anew
		resumed := time.Now()
		w.follow(c.opts)
		w.next(c.row, resumed)
		w.busy(1, 20*time.Second)
		assert.Contains(c.t, w.episodes(c.t), events.GapByResume)
		assert.NotContains(c.t, w.episodes(c.t), events.GapByHistory)
	})
}

// known says which facts were handled, as an application's database does.
func (w *network) known(_ context.Context, facts []events.Envelope) ([]bool, error) {
	has := make([]bool, len(facts))
	for i, f := range facts {
		id, _ := wire.MessageID(f.Data)
		has[i] = slices.ContainsFunc(w.seen(f.Type), func(e events.Envelope) bool {
			have, _ := wire.MessageID(e.Data)
			return have == id
		})
	}
	return has, nil
}

// The node's main loop has ended, while heartbeats, pongs and REST go on. Another node is
// connected to, once.
func TestFault40DeadNodeAnotherNode(t *testing.T) {
	s := sheet{
		number: 40, name: "the node's main loop dies (REST still, REST growing), other node up", seeds: 4,
		dialects: []refserver.Dialect{refserver.Node}, worst: twoIntervals,
	}
	s.onNodes(t, func(c *course, w *network) {
		fault := time.Now()
		w.nodes[0].Dead(true)
		growing := c.scenario.seed%2 == 0
		for w.m.Health().StaleSince.IsZero() {
			if growing {
				w.add(1)
			}
			pass(time.Second)
		}
		assert.LessOrEqual(c.t, time.Since(fault), 20*time.Second)
		dials := w.net.Dials("node0:80")
		w.next(c.row, fault)
		w.busy(1, 2*time.Minute)
		assert.LessOrEqual(c.t, w.net.Dials("node0:80")-dials, 12, "no storm")
		assert.Equal(c.t, client.Connected, w.m.Health().State)
		assert.Contains(c.t, w.episodes(c.t), events.GapByDead)
		w.nodes[0].Dead(false)
	})
}
