package backfill

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// mostHeld is how many facts of a pass wait for its end, and how many wait for
// Known before passes wait for it, too.
const mostHeld = 10_000

// An item is a fact that is to be handed on, or may be.
type item struct {
	kind    repair.Kind
	id      string
	parents []string
	at      time.Time // its own timestamp
	env     events.Envelope
}

// A fact is what tells items apart.
type fact struct {
	kind repair.Kind
	id   string
}

// found puts messages into the books, and those that are new aside.
func (t *turn) found(messages []rest.Message) {
	t.book(func(b *repair.Books, now time.Time) {
		horizon := b.Figures().Horizon
		for _, m := range messages {
			if p := t.pass; p != nil && p.rootless && m.Timestamp.After(horizon) &&
				(p.oldest.id == "" || m.Timestamp.Before(p.oldest.at)) {
				p.oldest = mark{m.ID, m.Timestamp}
			}
			v := b.Found(repair.Fact(m), now)
			if v == repair.Pass {
				continue
			}
			e := events.MessageAdded{MessageID: m.ID, Depth: m.Depth, Timestamp: stamp(now)}
			t.aside(v, item{repair.Added, m.ID, m.Parents, m.Timestamp, envelope(e, now, events.OriginBackfilled)})
		}
	})
}

// aside keeps a fact until it is handed on.
func (t *turn) aside(v repair.Verdict, i item) {
	if v == repair.HandOn {
		t.hold(i)
		return
	}
	// The books say so again each time until Known has answered.
	if key := (fact{i.kind, i.id}); !t.asked[key] {
		t.asked[key] = true
		t.asking = append(t.asking, i)
	}
}

// hold keeps a fact that will be handed on.
func (t *turn) hold(i item) {
	t.held = append(t.held, i)
	t.pending.Add(1)
}

// settle asks Known and hands on, unless a pass is still finding. It returns when
// to ask Known again.
func (t *turn) settle() time.Time {
	if t.pass != nil && len(t.held) < mostHeld && len(t.asking) < mostHeld {
		return time.Time{}
	}
	next := t.decide()
	held := t.held
	t.held = nil
	for _, i := range parentsFirst(held) {
		if t.handOn(i) != nil {
			return time.Time{} // the run has ended
		}
	}
	return next
}

// release hands on what a pass has found so far, except for open messages' children
// and all that follow from those. It is for passes that take long: what is new must
// not wait for the last of the ancestors.
func (t *turn) release(open []string) {
	stuck := make(map[string]bool, len(open))
	for _, id := range open {
		stuck[id] = true
	}
	held := t.held
	t.held = nil
	for _, i := range parentsFirst(held) {
		waits := slices.ContainsFunc(i.parents, func(id string) bool { return stuck[id] })
		switch {
		case waits:
			stuck[i.id] = true
			t.held = append(t.held, i)
		case stuck[i.id]: // its end
			t.held = append(t.held, i)
		default:
			_ = t.handOn(i) // the end of the run
		}
	}
}

// handOn hands a fact on, or to nobody if it is not wanted any more. It fails when
// the run ends.
func (t *turn) handOn(i item) error {
	defer t.pending.Add(-1)
	if !t.wants(i.env.Type) {
		t.cfg.Books.Delivered(i.kind, i.id)
		return nil
	}
	return t.cfg.Fill(t.life, i.env)
}

// stamp is the timestamp of what is handed on: the server's time when it was
// found, in whole seconds as a node's events have it. When it happened REST does
// not tell.
func stamp(now time.Time) events.Timestamp {
	return events.Timestamp{Time: now.UTC().Truncate(time.Second)}
}

// envelope makes of an event what a stream would have brought.
func envelope(e events.Event, now time.Time, from events.Origin) events.Envelope {
	data, err := json.Marshal(e)
	if err != nil {
		data = nil // a float that JSON cannot hold
	}
	return events.Envelope{Type: e.Type(), Data: data, Time: stamp(now).Time, Received: time.Now(), Origin: from}
}

// parentsFirst sorts messages by their timestamps, except that parents come before
// children, for clocks of proposers differ; and finalizations after them all.
func parentsFirst(items []item) []item {
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), a.at.Compare(b.at), cmp.Compare(a.id, b.id))
	})
	index := make(map[string]int, len(items))
	for i, m := range items {
		if m.kind == repair.Added {
			index[m.id] = i
		}
	}
	sorted := make([]item, 0, len(items))
	visited := make([]bool, len(items))
	var visit func(i int)
	visit = func(i int) {
		if visited[i] {
			return
		}
		visited[i] = true
		for _, id := range items[i].parents {
			if p, here := index[id]; here {
				visit(p)
			}
		}
		sorted = append(sorted, items[i])
	}
	for i := range items {
		visit(i)
	}
	return sorted
}
