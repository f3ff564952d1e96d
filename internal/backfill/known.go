package backfill

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

const (
	factsAtOnce = 500              // in one question to the application
	knownFor    = 30 * time.Second // how long it may take
)

// decide asks the application about the facts that only it can tell from history,
// and puts those aside that it has not had. On an error the rest waits; decide
// returns until when.
func (t *turn) decide() time.Time {
	if len(t.asking) == 0 {
		return time.Time{}
	}
	if !t.decision.over() {
		return t.decision.until
	}
	for len(t.asking) > 0 {
		some := t.asking[:min(len(t.asking), factsAtOnce)]
		known, err := t.known(some)
		if t.life.Err() != nil {
			return time.Time{}
		}
		if err != nil {
			t.decision.fail(0)
			t.cfg.Note(Note{Kind: Failed, Err: err})
			return t.decision.until
		}
		for i, it := range some {
			delete(t.asked, fact{it.kind, it.id})
			if t.cfg.Books.Decide(it.kind, it.id, known[i]) {
				t.hold(it)
			}
		}
		t.asking = t.asking[len(some):]
		t.decision = backoff{}
	}
	t.asking = nil
	return time.Time{}
}

// An answer is what Known has returned.
type answer struct {
	known []bool
	err   error
}

// errBusy says that an earlier Known has not returned.
var errBusy = errors.New("backfill: Known has not returned")

// known calls Known, whatever it does, on a goroutine of its own: code of the
// application must not hold up the end of the run, nor end the loop.
func (t *turn) known(items []item) ([]bool, error) {
	if t.cfg.Known == nil {
		return nil, errors.New("backfill: there is no Known")
	}
	if t.answers != nil {
		select {
		case <-t.answers: // too late: its facts are asked about again
			t.answers = nil
		default:
			return nil, errBusy
		}
	}
	ctx, cancel := context.WithTimeout(t.life, knownFor)
	defer cancel()
	facts := make([]events.Envelope, len(items))
	for i, it := range items {
		facts[i] = it.env
	}
	t.answers = make(chan answer, 1)
	go callKnown(ctx, t.cfg.Known, facts, t.answers)
	select {
	case a := <-t.answers:
		t.answers = nil
		return a.known, a.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", errBusy, context.Cause(ctx))
	}
}

// callKnown calls known and answers, also if it panics or ends its goroutine.
func callKnown(ctx context.Context, known func(context.Context, []events.Envelope) ([]bool, error), facts []events.Envelope, to chan<- answer) {
	a := answer{err: errors.New("backfill: Known ended its goroutine")}
	defer func() {
		if v := recover(); v != nil {
			a.err = fmt.Errorf("backfill: Known panicked: %v", v)
		}
		to <- a
	}()
	a.known, a.err = known(ctx, facts)
	switch {
	case a.err != nil:
		a.err = fmt.Errorf("backfill: Known: %w", a.err)
	case len(a.known) != len(facts):
		a.err = fmt.Errorf("backfill: Known returned %d answers for %d facts", len(a.known), len(facts))
	}
}
