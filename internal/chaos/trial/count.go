package trial

import (
	"context"
	"time"

	"github.com/adic/adic-go/internal/chaos/sheet"
	"github.com/adic/adic-go/subscription/events"
)

// settle waits until what was said has arrived: a server without beats is asked once a
// minute what it did not say.
func (t *Trial) settle(ctx context.Context) {
	t.stopTalk()
	const ripe = 1500 * time.Millisecond
	t.Pass(ctx, ripe)
	const patience = 100 * time.Second
	wait(ctx, patience, func() bool {
		for _, f := range t.followers {
			if messages, finals := t.missing(f); messages+finals > 0 {
				return false
			}
		}
		return true
	})
}

// missing returns how many messages and finalizations a client was not told.
func (t *Trial) missing(f *Follower) (messages, finals int) {
	if t.talk == nil {
		return 0, 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range t.Node.Messages() {
		if f.added[m.ID] == 0 {
			messages++
		}
	}
	for _, id := range t.Node.Finals() {
		if f.finals[id] == 0 {
			finals++
		}
	}
	return messages, finals
}

// count fills the row with what every client was told.
func (t *Trial) count(row *sheet.Row) {
	now := time.Now()
	for _, f := range t.followers {
		gaps := f.episodes()
		row.Gaps += len(gaps)
		for _, g := range gaps {
			row.Unfounded += t.unfounded(g, now).Seconds()
		}
		if t.talk == nil {
			continue
		}
		notices := int(t.talk.notices.Load())
		sent := len(t.Node.Messages()) + len(t.Node.Finals()) + notices
		messages, finals := t.missing(f)
		owed := messages + finals
		f.mu.Lock()
		holes, twice := judge(f.notices, notices, gaps, now)
		row.Doubled += twice + doubled(f.added) + doubled(f.finals)
		t.Checkf(f.early == 0, "%d finalizations before their messages", f.early)
		f.mu.Unlock()
		away := 0
		for _, h := range holes {
			away += h.notices
			if !h.told {
				row.Lost += h.notices
				t.Checkf(false, "%d notices lost between %.3f s and %.3f s", h.notices, t.since(h.from), t.since(h.to))
			}
		}
		row.Sent += sent
		row.Delivered += sent - owed - away
		row.Lost += owed
		h := f.Health()
		t.Checkf(owed == 0, "%d messages and %d finalizations missing, of %d the client knows; %d are known and not final, %d gaps open",
			messages, finals, h.Unexplained, h.NotFinal, h.OpenGaps)
	}
}

// since is how a moment is named: seconds after the first fault.
func (t *Trial) since(at time.Time) float64 {
	if len(t.faults) == 0 {
		return 0
	}
	return at.Sub(t.faults[0].Began).Seconds()
}

func doubled(told map[string]int) (n int) {
	for _, times := range told {
		if times > 1 {
			n++
		}
	}
	return n
}

// A hole is a row of notices that did not come, between one that did and the next.
type hole struct {
	notices  int
	from, to time.Time // when those came
	told     bool      // a gap says so
}

// judge compares the notices that came with the n that were said. What comes twice in a
// gap was told to be uncertain.
func judge(came map[int][]time.Time, n int, gaps []events.Gap, now time.Time) (holes []hole, twice int) {
	var h hole
	end := func(at time.Time) {
		if h.notices > 0 {
			h.to, h.told = at, told(gaps, h.from, at)
			holes = append(holes, h)
		}
		h = hole{from: at}
	}
	for i := range n {
		times := came[i]
		if len(times) == 0 {
			h.notices++
			continue
		}
		end(times[0])
		if len(times) > 1 && !told(gaps, times[1], times[1]) {
			twice++
		}
	}
	end(now)
	return holes, twice
}

// told reports whether a gap was told that has a moment in common with the time from
// a to b.
func told(gaps []events.Gap, a, b time.Time) bool {
	for _, g := range gaps {
		if !b.Before(g.From) && (g.To.IsZero() || !a.After(g.To)) {
			return true
		}
	}
	return false
}
