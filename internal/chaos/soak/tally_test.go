package soak_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// mark begins the key of a notice.
const mark = "soak "

// A tally counts what the client was told, in memory that does not grow with it but
// for the messages: when each notice came, by its number.
type tally struct {
	mu      sync.Mutex
	began   time.Time
	came    []uint32 // milliseconds after began, plus 1; 0: not yet
	again   map[int]uint32
	added   map[string]bool
	finals  map[string]bool
	doubled int // facts
	events  int
	gaps    map[uint64]events.Gap
	faults  []span
}

type span struct{ from, to time.Time }

func newTally(notices int) *tally {
	return &tally{
		began: time.Now(), came: make([]uint32, notices), again: make(map[int]uint32),
		added: make(map[string]bool), finals: make(map[string]bool), gaps: make(map[uint64]events.Gap),
	}
}

func (y *tally) event(_ context.Context, env events.Envelope) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.events++
	switch env.Type {
	case events.TypeMessageAdded, events.TypeMessageFinalized, events.TypeTransferRecorded, events.TypeGap:
	default:
		return nil
	}
	payload, err := events.DecodeAny(env)
	switch e := payload.(type) {
	case events.Gap:
		y.gaps[e.Number] = e
	case events.MessageAdded:
		y.fact(y.added, strings.Clone(e.MessageID))
	case events.MessageFinalized:
		y.fact(y.finals, strings.Clone(e.MessageID))
	case events.TransferRecorded:
		n, err := strconv.Atoi(strings.TrimPrefix(e.Amount, mark))
		if err != nil {
			return err
		}
		at := y.stamp(env.Received)
		if y.came[n] == 0 {
			y.came[n] = at
		} else {
			y.again[n] = at
		}
	}
	return err
}

func (y *tally) fact(told map[string]bool, id string) {
	if told[id] {
		y.doubled++
	}
	told[id] = true
}

func (y *tally) stamp(at time.Time) uint32 { return uint32(at.Sub(y.began).Milliseconds()) + 1 }

// told reports whether a gap has a moment in common with the time from a to b.
func (y *tally) told(a, b uint32) bool {
	for _, g := range y.gaps {
		if b >= y.stamp(g.From) && (g.To.IsZero() || a <= y.stamp(g.To)+1) {
			return true
		}
	}
	return false
}

// notices compares those that came with the first n. Lost is what is missing between
// two that came without a gap that says so.
func (y *tally) notices(n int) (away, lost, doubled int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	hole, last := 0, uint32(0)
	end := func(at uint32) {
		if hole > 0 && !y.told(last, at) {
			lost += hole
		}
		away, hole, last = away+hole, 0, at
	}
	for i := range n {
		if y.came[i] == 0 {
			hole++
		} else {
			end(y.came[i])
		}
	}
	end(y.stamp(time.Now()))
	for _, at := range y.again {
		if !y.told(at, at) {
			doubled++
		}
	}
	return away, lost, doubled
}

// unfounded returns how much of the gaps lies beside all faults and the beats around
// them. A return to a better transport may make one a minute later.
func (y *tally) unfounded() (sum time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	const before, after, promotion = 7 * time.Second, 15 * time.Second, 90 * time.Second
	for _, g := range y.gaps {
		to := g.To
		if to.IsZero() {
			to = time.Now()
		}
		beside := to.Sub(g.From)
		for _, f := range y.faults {
			until := f.to.Add(after)
			if g.Cause == events.GapBySwitch {
				until = until.Add(promotion)
			}
			from := f.from.Add(-before)
			if g.From.After(from) {
				from = g.From
			}
			if to.Before(until) {
				until = to
			}
			beside -= max(0, until.Sub(from))
		}
		sum += max(0, beside)
	}
	return sum
}
