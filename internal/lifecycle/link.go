package lifecycle

import (
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// This file is about the link that delivers: how it is opened, what follows its
// end.

func (Start) take(t *turn) {
	if t.Phase == Idle {
		t.attempt(t.choose().First(t.now.moment()))
	}
}

func (Stop) take(t *turn) {
	t.dismiss(0)
	t.Phase, t.Winner = Closed, 0
}

// attempt does what the chooser has chosen.
func (t *turn) attempt(s fallback.Step) {
	if s.Wait <= 0 {
		t.opens(target(s))
		return
	}
	t.Phase, t.Link, t.Until = Waiting, Link{Target: target(s)}, t.now.Add(s.Wait)
	t.do(Wait{Until: t.Until.Mono})
}

// opens opens a target while nothing delivers.
func (t *turn) opens(to Target) {
	t.Phase, t.Link = Opening, t.open(to, First)
}

// open opens a link.
func (t *turn) open(to Target, why Purpose) Link {
	t.Newest++
	t.do(Open{Gen: t.Newest, Target: to, For: why})
	return Link{Gen: t.Newest, Target: to, For: why}
}

func (in Opened) take(t *turn) {
	switch l := t.find(in.Of); {
	case l == nil || l.Usable:
	case l == &t.Link:
		l.Usable, l.Opened = true, t.now.Mono
		t.adopt(*l, 0)
	default:
		l.Usable, l.Opened = true, t.now.Mono
	}
}

// find returns the link of a generation that was not let go; nil if there is none.
func (t *turn) find(of Generation) *Link {
	if of == 0 {
		return nil
	}
	if t.Link.Gen == of && (t.Phase == Opening || t.Phase == Following) {
		return &t.Link
	}
	for i := range t.Rivals {
		if t.Rivals[i].Gen == of {
			return &t.Rivals[i]
		}
	}
	return nil
}

// adopt has a link deliver in the place of over, or after an outage.
func (t *turn) adopt(l Link, over Generation) {
	a := Adopt{Gen: l.Gen, Over: over, Moved: t.proved && l.Endpoint != t.home}
	if l.For == Experiment {
		a.Cause, a.Since = events.GapByDeaf, l.Since
	}
	t.dismiss(l.Gen)
	t.Phase, t.Link, t.Until = Following, l, Instant{}
	t.Rivals, t.Winner, t.hung = [purposes]Link{}, 0, false
	t.proved, t.home, t.ended = true, l.Endpoint, Ended{}
	t.Look, t.widen, t.doubt, t.probed, t.jumped, t.pauses = 0, 0, 0, 0, false, [purposes]*fallback.Ladder{}
	t.ask = t.now.Mono + askTime
	t.do(a)
	if a.Moved {
		t.hushed() // the silence was the other node's
	}
	if over == 0 {
		t.recovered()
	}
	if l.Transport == fallback.Polling {
		t.opensGap(&t.Gaps.Polling, OpenGap{events.GapByPolling, l.Opened})
		t.ask = 0
		t.hushed() // as far as can be seen without beats
	} else {
		t.closesGap(&t.Gaps.Polling, CloseGap{events.GapByPolling, l.Opened})
	}
	t.do(Read{l.Gen})
}

// recovered ends the outage, if there is one.
func (t *turn) recovered() {
	t.closesGap(&t.Gaps.Outage, CloseGap{events.GapByDisconnect, t.now.Mono})
	if t.outage {
		t.do(Tell{ConnectedAgain})
	} else {
		t.do(Tell{Connected})
	}
	t.outage, t.told = false, false
}

func (in Proved) take(t *turn) {
	if l := t.find(in.Of); l != nil && l.Usable {
		l.Good = true
	}
}

func (in Ended) take(t *turn) {
	l := t.find(in.Of)
	if l == nil {
		return
	}
	in.How.Transport, in.How.Good = l.Transport, l.Good
	switch {
	case l != &t.Link:
		t.fails(*l, in)
	case t.Phase == Opening:
		t.misses(in)
	case t.Winner != 0:
		t.succeeds(*t.find(t.Winner))
	case t.Rivals[Better].Good:
		t.orphans(in, &t.Rivals[Better])
	case t.Rivals[Wider].Good:
		t.orphans(in, &t.Rivals[Wider])
	default:
		t.lose(in)
	}
}

// misses follows an attempt that did not connect.
func (t *turn) misses(in Ended) {
	news := Unreachable
	if t.told {
		news = StillUnreachable
	}
	t.outage, t.told = true, true
	t.do(Tell{news})
	t.next(in)
}

// next asks for the attempt that follows an end.
func (t *turn) next(in Ended) {
	c := t.choose()
	next := c.Next(t.now.moment(), t.Link.Endpoint, in.How)
	t.noes = t.noes.noted(t.Link.Target, in.Definite)
	if c.Refused() && !t.proved && t.noes.all(t.config.Endpoints, t.config.Order) {
		t.Phase = Closed
		t.do(GiveUp{})
		return
	}
	t.attempt(next)
}

// lose begins an outage.
func (t *turn) lose(in Ended) {
	t.dismiss(0)
	t.do(Lost{in.Of})
	t.opensGap(&t.Gaps.Outage, OpenGap{events.GapByDisconnect, in.Last})
	t.outage, t.told = true, true
	t.next(in)
}

// succeeds has a rival take the place of the running connection, which has ended.
func (t *turn) succeeds(rival Link) {
	if rival.Target != t.Link.Target {
		t.choose().Promoted(t.now.moment(), rival.Endpoint, rival.Transport)
	}
	t.adopt(rival, t.Link.Gen)
}

// orphans gives a good rival of a connection that has ended a last chance.
func (t *turn) orphans(in Ended, rival *Link) {
	t.dismiss(rival.Gen)
	t.Phase, t.ended, t.Until = Orphaned, in, t.now.Add(orphanTime)
	t.do(Probe{rival.Gen}) // a WebSocket answers at once
}

func (t *turn) opensGap(open *bool, a OpenGap) {
	if !*open {
		*open = true
		t.do(a)
	}
}

func (t *turn) closesGap(open *bool, a CloseGap) {
	if *open {
		*open = false
		t.do(a)
	}
}
