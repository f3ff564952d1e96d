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
				t.held = append(t.held, it)
			}
		}
		t.asking = t.asking[len(some):]
		t.decision = backoff{}
	}
	t.asking = nil
	return time.Time{}
}

// known calls Known, whatever it does.
func (t *turn) known(items []item) (known []bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("backfill: Known panicked: %v", v)
		}
	}()
	if t.cfg.Known == nil {
		return nil, errors.New("backfill: there is no Known")
	}
	ctx, cancel := context.WithTimeout(t.life, knownFor)
	defer cancel()
	facts := make([]events.Envelope, len(items))
	for i, it := range items {
		facts[i] = it.env
	}
	known, err = t.cfg.Known(ctx, facts)
	if err != nil {
		return nil, fmt.Errorf("backfill: Known: %w", err)
	}
	if len(known) != len(facts) {
		return nil, fmt.Errorf("backfill: Known returned %d answers for %d facts", len(known), len(facts))
	}
	return known, nil
}
