package lifecycle

import (
	"time"

	"github.com/adic/adic-go/fallback"
)

// This file is about the links beside the one that delivers.

// dismiss lets all rivals go but one; 0: all.
func (t *turn) dismiss(but Generation) {
	for i := range t.Rivals {
		l := &t.Rivals[i]
		if l.Gen == but || l.Gen == 0 {
			continue
		}
		t.do(Close{l.Gen})
		*l = Link{}
	}
}

func (in Ready) take(t *turn) {
	l := t.find(in.Of)
	if l == nil || l == &t.Link || !l.Usable || t.Winner != 0 {
		return
	}
	l.Good = true
	if t.Phase == Orphaned {
		t.succeeds(*l)
		return
	}
	t.Winner = l.Gen
	t.dismiss(l.Gen)
	t.hangUp()
}

// hangUp has the running connection end.
func (t *turn) hangUp() {
	if !t.hung {
		t.hung = true
		t.do(Close{t.Link.Gen})
	}
}

// fails follows the end of a rival that came to nothing.
func (t *turn) fails(l Link, in Ended) {
	t.Rivals[l.For] = Link{}
	switch {
	case t.Phase == Orphaned:
		t.lose(t.ended)
	case t.Winner == l.Gen: // too late for the running connection
		t.Winner = 0
	case l.For == Better:
		t.choose().Failed(t.now.moment(), l.Endpoint, in.How)
	case l.For == Wider:
		t.widen = t.now.Mono + t.pause(Wider, in.How)
	case l.For == Experiment:
		t.nothing()
	}
}

// pause draws the pause after a try of a purpose that failed.
func (t *turn) pause(why Purpose, how fallback.Outcome) time.Duration {
	p := t.pauses[why]
	if p == nil {
		p = fallback.New(fallback.Policy{Order: []fallback.Transport{how.Transport}}, t.config.Random)
	}
	p = p.Clone()
	t.pauses[why] = p
	return p.Next(t.now.moment(), how).Wait
}

// rival opens a link beside the running one, unless there is one of its purpose, or
// that one is about to end.
func (t *turn) rival(to Target, why Purpose, since time.Duration) {
	if t.Phase == Following && !t.hung && t.Rivals[why].Gen == 0 {
		t.Rivals[why] = t.open(to, why)
		t.choose().Tried(t.now.moment(), to.Endpoint, to.Transport) // also if it is let go before it ends
		t.Rivals[why].Since = since
	}
}

// mustProve reports whether a rival that is usable has to become good in time. Where
// there is one node, a rival that brings nothing costs nothing; where there are
// several, the next one may be better.
func (t *turn) mustProve(l *Link) bool {
	return l.Usable && !l.Good && t.config.Endpoints > 1 && t.config.Prove > 0
}

// climbs tries what is better.
func (t *turn) climbs() {
	if l := t.Rivals[Better]; t.mustProve(&l) && t.now.Mono >= l.Opened+t.config.Prove {
		t.ends(Better)
		silent := fallback.Outcome{Transport: l.Transport, Kind: fallback.Silent}
		t.choose().Failed(t.now.moment(), l.Endpoint, silent)
	}
	endpoint, by, at := t.choices.Better(t.now.moment())
	if by != fallback.None && !at.After(t.now.moment()) {
		t.rival(Target{endpoint, by}, Better, 0)
	}
}

func (in Narrow) take(t *turn) {
	if in.Of == t.Link.Gen {
		t.rival(t.Link.Target, Wider, 0)
	}
}

func (in Tick) take(t *turn) {
	switch t.Phase {
	case Idle, Opening, Closed:
	case Waiting:
		// One who slept has waited, too.
		if t.now.Mono >= t.Until.Mono || t.now.Wall >= t.Until.Wall {
			t.opens(t.Link.Target)
		}
	case Orphaned:
		if t.now.Mono >= t.Until.Mono {
			t.lose(t.ended)
		}
	case Following:
		if in.Of == t.Link.Gen && !t.hung {
			t.watches(in)
		}
	}
}
