package lifecycle

import (
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// A world is what a driver that does all it is told to would have open, kept without a
// look at the state: what the state says is judged by it.
type world struct {
	links     [8]actual  // all that was opened and neither let go nor ended
	newest    Generation // that was opened
	delivers  Generation // 0: nothing does
	hungUp    bool       // that was asked to end
	over      bool       // that has ended, and has not been given up yet
	order     bool       // Run's goroutine has something to do
	connected bool       // something has delivered
	gaps      Gaps
	final     bool // the run is over
}

// An actual is a link as it really is.
type actual struct {
	gen    Generation
	to     Target
	why    Purpose
	usable bool
	ready  bool
}

func (w *world) find(of Generation) *actual {
	for i := range w.links {
		if of != 0 && w.links[i].gen == of {
			return &w.links[i]
		}
	}
	return nil
}

func (w *world) drop(of Generation) {
	if r := w.find(of); r != nil {
		*r = actual{}
	}
}

func (w *world) live() (n int) {
	for _, r := range w.links {
		if r.gen != 0 {
			n++
		}
	}
	return n
}

// notes takes what has happened into the world, and reports whether it can have: it
// is about a link that there is, and of which it can be said.
func (w *world) notes(in Input) (possible bool) {
	switch in := in.(type) {
	case Opened:
		r := w.find(in.Of)
		if r == nil || r.usable {
			return false
		}
		r.usable = true
		if r.why == First {
			w.order = false
		}
	case Proved:
		r := w.find(in.Of)
		return r != nil && r.usable
	case Ready:
		r := w.find(in.Of)
		if r == nil || !r.usable || r.ready || in.Of == w.delivers {
			return false
		}
		r.ready = true
	case Answered:
		r := w.find(in.Of)
		return r != nil && r.usable && !r.ready && r.why == Experiment
	case Ended:
		r := w.find(in.Of)
		if r == nil || w.over && in.Of == w.delivers {
			return false
		}
		w.over = w.over || in.Of == w.delivers
		if in.Of != w.delivers {
			w.order = w.order && r.why != First
			w.drop(in.Of)
		}
	case Spoke:
		return in.Of == w.delivers && in.Of != 0 && !w.over
	case Narrow:
		return in.Of == w.delivers && in.Of != 0 && !w.over
	case Tick:
		return in.Of == w.delivers
	case Start:
		return w.newest == 0
	}
	return true
}

// obeys does what was said, and fails where that breaks a rule.
func (w *world) obeys(j *judge, a Action, now Instant) {
	switch a := a.(type) {
	case Open:
		w.opens(j, a)
	case Adopt:
		w.adopts(j, a)
	case Read:
		j.must(a.Gen == w.delivers, "what delivers is read")
		j.must(!w.order, "Run's goroutine has one order at a time")
	case Close:
		w.closes(j, a.Gen)
	case Lost:
		j.must(a.Gen == w.delivers && w.over, "what still delivers is not given up")
		w.drop(a.Gen)
		w.delivers, w.hungUp, w.over = 0, false, false
	case Wait:
		j.must(w.live() == 0, "who waits has nothing open")
		j.wait(a.Until - now.Mono)
	case GiveUp:
		j.must(w.live() == 0, "who gives up has nothing open")
		j.must(!w.connected, "who was connected once does not give up")
		w.final = true
	case OpenGap:
		gap := w.gap(j, a.Cause)
		j.must(!*gap, "there is one gap of a cause")
		j.must(a.From <= now.Mono, "a gap begins before it is told")
		j.must(w.connected, "what was before the first connection is not missing")
		*gap = true
	case CloseGap:
		gap := w.gap(j, a.Cause)
		j.must(*gap && a.To <= now.Mono, "what is closed was open")
		*gap = false
	case Wake:
		j.must(a.Gen == w.delivers, "what delivers is woken")
	case Widen:
		j.must(a.Gen == w.delivers, "what delivers is widened")
	case Identify:
		j.must(a.Gen == w.delivers, "what delivers is identified")
	case Probe:
		r := w.find(a.Gen)
		j.must(r != nil && r.usable, "what is open is probed")
	case Repair, Reread:
		j.must(w.delivers != 0, "without a connection nothing is read")
	case Tell:
	}
}

// opens is never two transports at a time without a reason: the one that delivers, and
// one for each purpose beside it.
func (w *world) opens(j *judge, a Open) {
	j.must(a.Gen > w.newest, "each opening has a number of its own")
	w.newest = a.Gen
	if a.For == First {
		j.must(w.live() == 0 && !w.order, "nothing else is open")
		w.order = true
	} else {
		j.must(w.delivers != 0, "a rival is one beside what delivers")
		j.must(!w.over && !w.hungUp, "and that has a future")
	}
	free := -1
	for i, r := range w.links {
		j.must(r.gen == 0 || r.why != a.For || r.gen == w.delivers, "there is one of each purpose")
		if r.gen == 0 {
			free = i
		}
	}
	w.links[free] = actual{gen: a.Gen, to: a.Target, why: a.For}
}

// adopts is connected only after proof, and alone from then on.
func (w *world) adopts(j *judge, a Adopt) {
	r := w.find(a.Gen)
	j.must(r != nil && r.usable, "nothing has proved that it is usable")
	j.must(r.why == First || r.ready, "a rival takes over when it may")
	j.must(a.Over == w.delivers && (a.Over != 0) == w.over, "two do not deliver at a time")
	j.must((r.why == Experiment) == (a.Cause == events.GapByDeaf), "a deaf connection is told")
	w.drop(a.Over)
	j.must(w.live() == 1, "all others were let go")
	r.ready = false
	w.delivers, w.hungUp, w.over, w.connected = a.Gen, false, false, true
}

func (w *world) closes(j *judge, of Generation) {
	j.must(w.find(of) != nil, "only what there is is closed")
	if of != w.delivers {
		w.drop(of)
		return
	}
	j.must(!w.hungUp && !w.over, "once, and not after its end")
	w.hungUp = true
}

func (w *world) gap(j *judge, cause events.GapCause) *bool {
	switch cause {
	case events.GapByDisconnect:
		return &w.gaps.Outage
	case events.GapByPolling:
		return &w.gaps.Polling
	default:
		j.must(cause == events.GapByDead, "a gap that is not the state's")
		return &w.gaps.Dead
	}
}

// agrees checks what holds between two steps.
func (w *world) agrees(j *judge, s *State, now Instant) {
	j.must(w.gaps == s.Gaps, "the state knows which gaps are open")
	if s.Phase == Closed {
		j.must(s.Due == 0, "closed is final")
		return
	}
	if r := w.find(w.delivers); r != nil {
		j.must(!w.gaps.Outage, "an outage ends with a connection")
		j.must(w.gaps.Polling == (r.to.Transport == fallback.Polling), "polling brings no notices, a stream does")
	} else {
		j.must(w.gaps.Outage == w.connected, "without a connection something is missing")
	}
	j.must(w.gaps.Dead == s.Silence.Dead, "what a dead node does not say is missing")
	// Time is looked at, or a link is yet to say how it is.
	pending := w.order || w.hungUp && !w.over || s.Phase == Idle
	j.must(pending || s.Due != 0, "nothing will ever happen again")
	j.must(s.Due <= now.Mono+clockTime, "a jump of the clocks is noticed soon")
}
