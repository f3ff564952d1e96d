package backfill

import (
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/subscription/events"
)

const (
	passEvery = 3 * time.Second  // between the beginnings of two passes
	fullEvery = time.Minute      // between those of full ones
	deadEvery = 30 * time.Second // the same, where nothing is announced any more
	perTurn   = 4                // questions of a pass in one turn

	anchorAfter = 13 * time.Second // a message that is so old may be the anchor
	longPass    = 5 * time.Second  // one that takes longer hands on meanwhile
)

// A pass is one that is under way.
type pass struct {
	full  bool
	stage func(*turn, *pass) error // the next question; nil: it has come to its end
	read  bool                     // the server has answered something

	tips   bool // they are to be read
	seen   bool // they were asked for
	proven bool // nothing is left to prove

	rootless bool // there was no anchor
	oldest   mark // of what it found then
	walks    int  // questions of the walk

	from  mark // where since goes on
	limit int  // of its page; 0: what fits
	again bool // it was begun again, at another anchor
}

// A mark is a message that since goes on at.
type mark struct {
	id string
	at time.Time // zero: not known
}

// passes makes some questions of the pass that is under way, or due. It returns
// when to go on.
func (t *turn) passes() time.Time {
	if !wantsFacts(t.now.types) {
		t.abandon()
		return t.withoutPass()
	}
	if len(t.asking) >= mostHeld {
		return time.Time{} // Known first
	}
	if t.pass == nil {
		if at := t.passAt(); time.Now().Before(at) {
			return at
		}
		if !t.begin() {
			return time.Time{}
		}
	}
	p := t.pass
	for range perTurn {
		if p.stage == nil {
			break
		}
		if err := p.stage(t, p); err != nil {
			t.breakOff(err)
			return t.passAt()
		}
	}
	if p.stage != nil {
		return time.Now()
	}
	t.end()
	return t.passAt()
}

// passAt returns when the next pass may begin.
func (t *turn) passAt() time.Time {
	t.mu.Lock()
	wanted := t.in.full || t.in.sign
	t.mu.Unlock()
	at := t.fullDue()
	if wanted {
		at = t.began.Add(passEvery)
	} else if t.began.Sub(t.joined) < anchorAfter && !t.anchored() && len(t.cfg.Books.Newest(1)) > 0 {
		// What is there is old enough for an anchor then. Without one an outage would
		// be read from its end, step by step.
		at = earlier(at, t.began.Add(anchorAfter))
	}
	if at.Before(t.retry.until) {
		at = t.retry.until
	}
	return at
}

func (t *turn) anchored() bool {
	_, _, ok := t.cfg.Books.Anchor()
	return ok
}

// every returns how often everything is read.
func (t *turn) every() time.Duration {
	if t.now.mode == Dead {
		return deadEvery
	}
	return fullEvery
}

// fullDue returns when everything is to be read again.
func (t *turn) fullDue() time.Time {
	at := t.fullAt.Add(t.every())
	if !t.apart && !t.fullAt.IsZero() {
		at = at.Add(-t.early(t.every()))
	}
	return at
}

// early returns how much sooner than after a period something comes the first time.
func (l *Loop) early(period time.Duration) time.Duration {
	const half = 2
	return time.Duration(l.cfg.Phase*float64(period)) / half
}

// fullBegins notes that everything is read again.
func (t *turn) fullBegins(now time.Time) {
	t.apart = !t.fullAt.Before(t.joined)
	t.fullAt = now
}

// begin begins a pass, unless the connection has changed.
func (t *turn) begin() bool {
	t.figures()
	p := &pass{stage: (*turn).readTips}
	began := t.book(func(b *repair.Books, now time.Time) {
		t.caught, t.in.full = t.in.full, false
		t.signLocked(false)
		b.PassBegan(now)
	})
	if !began {
		return false
	}
	t.began = time.Now()
	p.full = t.caught || !t.began.Before(t.fullDue())
	if p.full {
		t.fullBegins(t.began)
	}
	p.tips = p.full
	p.proven = !p.full
	p.rootless = !t.anchored()
	t.pass = p
	return true
}

// end hands on what the pass found, and ends it.
func (t *turn) end() {
	p := t.pass
	t.pass = nil
	if !p.read {
		// There is nothing that could be asked.
		t.retry.until = time.Now().Add(goneFor)
		t.repeat(p)
		t.cfg.Note(Note{Kind: Lacking})
		return
	}
	ended := t.now.rest.Now() // of its questions: handing on may take longer
	t.retry = backoff{}
	t.settle()
	if !t.book(func(b *repair.Books, _ time.Time) { b.PassEnded(ended) }) {
		return
	}
	t.finished = true
	t.cfg.Note(Note{Kind: Ended})
}

// withoutPass stands for a full pass where no facts are wanted: the states are all
// there is to read. It returns when to go on.
func (t *turn) withoutPass() time.Time {
	if now := time.Now(); t.now.full || !now.Before(t.fullDue()) {
		t.fullBegins(now)
		t.finished = true
	}
	return t.fullDue()
}

// tell notes when the states are as fresh as what the last pass brought.
func (t *turn) tell() {
	if t.finished && t.isFresh() {
		t.finished = false
		t.cfg.Note(Note{Kind: Current})
	}
}

// breakOff ends a pass that could not be made.
func (t *turn) breakOff(err error) {
	p := t.pass
	t.pass = nil
	t.failed(&t.retry, err)
	t.repeat(p)
	t.settle()
}

// repeat has a pass made again: a full one by a full one.
func (t *turn) repeat(p *pass) {
	t.put(func(in *inbox) {
		if in.connection == t.now.connection {
			in.full = in.full || p.full
			t.signLocked(true)
		}
	})
}

// abandon forgets the pass that is under way. What it found is handed on.
func (t *turn) abandon() { t.pass = nil }

// figures tells what the books have found out about the server. It is called before
// a pass, when what the one before has found had the time to be announced, too.
func (t *turn) figures() {
	f := t.cfg.Books.Figures()
	if f.Overruns > t.overruns {
		t.overruns = f.Overruns
		t.cfg.Note(Note{Kind: Overrun, N: int(min(f.Overruns, 1<<31-1))})
	}
	n := int(min(f.Hidden, 1<<31-1))
	t.base = min(t.base, n)
	switch {
	case t.caught || t.now.mode != Stream:
		t.base = n
	case n > t.base && !t.hidden:
		t.hidden = true
		t.cfg.Note(Note{Kind: Unannounced, N: n - t.base})
	}
}

// countIsDue reports whether the count of final messages has to be read, because
// the stream does not tell it. Just after a connect it had no time to, and an
// older count that comes behind a newer one would look like a node that was
// restarted.
func (t *turn) countIsDue() bool {
	i, _ := familyOf(events.TypeKCoreUpdated)
	last := t.beats
	t.beats = t.states[i].live.Load()
	if !t.wants(events.TypeMessageFinalized) || t.now.mode == Polling {
		return false
	}
	return t.now.mode == Dead || t.beats == last && time.Since(t.joined) >= deadEvery
}
