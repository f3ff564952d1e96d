package trial

import (
	"context"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A Fault is the time in which something is wrong.
type Fault struct {
	t         *Trial
	Began     time.Time
	Ended     time.Time // zero: it is not over
	recovered time.Time // when the last client was told something again

}

// Fault begins one.
func (t *Trial) Fault() *Fault {
	f := &Fault{t: t, Began: time.Now()}
	t.faults = append(t.faults, f)
	return f
}

// Heal is the end of the fault.
func (f *Fault) Heal() { f.Ended = time.Now() }

// Next waits until each client was told something after a time, holds that to
// limit, and takes it for the seconds to the next event.
func (f *Fault) Next(ctx context.Context, after time.Time, limit time.Duration) {
	t := f.t
	for _, c := range t.followers {
		var at time.Time
		const patience = time.Minute
		wait(ctx, patience, func() (ok bool) { at, ok = c.next(after); return ok })
		if at.IsZero() {
			at = time.Now()
			t.Checkf(false, "no event within %v", patience)
		}
		t.measured(at.Sub(after), limit)
		if at.After(f.recovered) {
			f.recovered = at
		}
	}
}

// Pauses holds the longest time without an event since the fault began to limit,
// client by client, and takes it for the seconds to the next event.
func (f *Fault) Pauses(limit time.Duration) {
	now := time.Now()
	for _, c := range f.t.followers {
		f.t.measured(c.pause(f.Began, now), limit)
	}
	f.recovered = now
}

func (t *Trial) measured(d, limit time.Duration) {
	t.Checkf(d <= limit+slack, "next event after %v, not %v", d.Round(time.Millisecond), limit)
	t.next = append(t.next, d.Seconds())
}

// unfounded returns how much of a gap lies beside every fault. A gap may begin with
// the last beat before the fault, and end with the first one after it; the return to
// the transport that the fault took away, which is tried once a minute, may make one.
func (t *Trial) unfounded(g events.Gap, now time.Time) time.Duration {
	const beat, promotion = 6*time.Second + 500*time.Millisecond, 75 * time.Second
	to := g.To
	if to.IsZero() {
		to = now
	}
	beside := to.Sub(g.From)
	for _, f := range t.faults {
		from, until := f.Began.Add(-beat), now
		if !f.Ended.IsZero() {
			until = later(f.Ended, f.recovered).Add(beat)
			if g.Cause == events.GapBySwitch {
				until = until.Add(promotion)
			}
		}
		if overlap := earlier(until, to).Sub(later(from, g.From)); overlap > 0 {
			beside -= overlap
		}
	}
	return max(0, beside)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
