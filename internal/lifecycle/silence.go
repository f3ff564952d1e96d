package lifecycle

import (
	"slices"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

// This file is about what it means when the running connection is up and brings
// nothing:
//
//	2.5 beats are missing   a pair of pings, which wakes a socket that lag made deaf
//	one more                stale: the view cannot be trusted
//	then, on SSE            heartbeats without beats: the node is dead
//	then, on a WebSocket    an SSE connection tells: a beat, and the socket is deaf and
//	                        replaced; a heartbeat, and the node is dead; neither, and
//	                        one reconnect decides
//
// A dead node may answer REST, pings and probes, and does not mend by reconnecting.

// watches looks at the running connection.
func (t *turn) watches(in Tick) {
	t.wakes(in)
	t.listens(in)
	t.identifies(in)
	if t.widen != 0 && t.now.Mono >= t.widen {
		t.widen = 0
		t.do(Widen{t.Link.Gen})
	}
	t.climbs()
}

// wakes follows a jump of the clocks: the host may have slept, and the other side of
// the connection may be gone.
func (t *turn) wakes(in Tick) {
	if t.jumped {
		t.jumped, t.probed = false, t.now.Mono
		t.do(Tell{Jumped})
		t.do(Probe{t.Link.Gen})
		t.do(Reread{})
		return
	}
	switch {
	case t.probed == 0:
	case in.Held:
		t.probed = t.now.Mono // nobody could have seen the answer
	case in.Frame >= t.probed, t.Link.Transport != fallback.WebSocket: // the others have no such question
		t.probed = 0
	case t.now.Mono >= t.probed+probeTime:
		t.hangUp()
	}
}

// listens does what the beats, or their absence, ask for.
func (t *turn) listens(in Tick) {
	if !in.Looked {
		return
	}
	t.Look = in.Again
	switch in.Verdict {
	case pulse.Fine:
		t.doubt = 0
	case pulse.Wake:
		t.do(Wake{t.Link.Gen})
	case pulse.Stale:
		t.do(Wake{t.Link.Gen})
		if !t.Silence.Stale {
			t.Silence.Stale, t.Silence.Since = true, in.Beat
			t.do(Tell{FellSilent})
		}
		if t.now.Mono >= t.doubt {
			t.judges(in)
		}
	}
}

// judges finds out whose the silence is.
func (t *turn) judges(in Tick) {
	switch {
	case t.Link.Transport == fallback.SSE:
		if in.Frame > in.Beat {
			t.dies()
		}
		t.doubts()
	case !slices.Contains(t.config.Order, fallback.SSE):
		t.nothing()
	default:
		t.rival(Target{t.Link.Endpoint, fallback.SSE}, Experiment, in.Beat)
	}
}

// doubts draws when to judge again.
func (t *turn) doubts() {
	t.doubt = t.now.Mono + t.pause(Experiment, fallback.Outcome{Transport: fallback.SSE, Kind: fallback.Failed})
}

// nothing follows an experiment that shows nothing: one reconnect decides.
func (t *turn) nothing() {
	t.doubts()
	if !t.Silence.Stale || t.Silence.Reconnected {
		t.dies()
		return
	}
	t.Silence.Reconnected = true
	t.do(Tell{Reconnecting})
	t.hangUp()
}

func (in Answered) take(t *turn) {
	if l := t.find(in.Of); l == nil || l.For != Experiment || l == &t.Link || !l.Usable || t.Winner == l.Gen {
		return
	}
	t.ends(Experiment)
	t.dies()
	t.doubts()
}

// ends lets the rival of a purpose go, if there is one.
func (t *turn) ends(why Purpose) {
	if l := &t.Rivals[why]; l.Gen != 0 {
		t.do(Close{l.Gen})
		*l = Link{}
	}
}

// dies notes that the silence is the node's. The connection stays: it would be the
// same on another one, and this one tells when the node lives again.
func (t *turn) dies() {
	if !t.Silence.Stale || t.Silence.Dead {
		return
	}
	t.Silence.Dead = true
	t.opensGap(&t.Gaps.Dead, OpenGap{events.GapByDead, t.Silence.Since})
	t.do(Tell{Died})
	t.do(Repair{})
	t.choose().Suspect(t.now.moment(), t.Link.Endpoint)
	if t.config.Endpoints > 1 && t.Rivals[Better].Endpoint == t.Link.Endpoint {
		t.ends(Better) // to the same node: the place is another one's
	}
}

func (in Spoke) take(t *turn) {
	if in.Of != t.Link.Gen || t.Phase != Following || !t.Silence.Stale {
		return
	}
	if t.Silence.Dead {
		t.choose().Trust(t.Link.Endpoint)
	}
	if t.Winner != t.Rivals[Experiment].Gen {
		t.ends(Experiment)
	}
	t.Silence = Silence{}
	t.do(Reread{})
	t.closesGap(&t.Gaps.Dead, CloseGap{events.GapByDead, in.At})
	t.do(Tell{Speaks})
	t.do(Repair{})
}

// hushed ends a silence of which nothing can be seen any more.
func (t *turn) hushed() {
	t.Silence = Silence{}
	t.closesGap(&t.Gaps.Dead, CloseGap{events.GapByDead, t.now.Mono})
}

// identifies has a server asked what it speaks if it has not said a word.
func (t *turn) identifies(in Tick) {
	switch {
	case in.Spoken || !t.config.Beats:
		t.ask = 0
	case t.ask != 0 && t.now.Mono >= t.ask:
		t.ask = t.now.Mono + askTime
		t.do(Identify{t.Link.Gen})
	}
}
