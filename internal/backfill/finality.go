package backfill

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

const (
	openAtOnce = 16              // messages that the books name at once
	openFor    = 3 * time.Second // how long their choice holds
	openEvery  = 2 * time.Second // how often they are asked at most when they had none
	silentMost = 3               // answers without an answer, in a row: the server does not tell
)

// The state of the questions about single messages.
type finality struct {
	ids    []string // to be asked about
	idle   bool     // in case something was missed
	chosen time.Time
	next   time.Time // when to ask the books again
	retry  backoff
	silent int       // 404s in a row
	hungry time.Time // since when a question waits for the budget
}

// finality puts one question about finality, if there is cause to and the budget
// has it to spare. It returns when to go on.
func (t *turn) finality() time.Time {
	r := &t.rounds
	now := time.Now()
	switch {
	case !t.wants(events.TypeMessageFinalized):
		return time.Time{}
	case !r.retry.over():
		return r.retry.until
	case t.lacks(askFinality):
		return t.gone[askFinality]
	case len(r.ids) == 0 && now.Before(r.next):
		return t.nextOpen()
	}
	if ok, at := t.afford(rest.State, &r.hungry); !ok {
		return at
	}
	if now.Sub(r.chosen) >= openFor {
		r.ids = nil
	}
	if len(r.ids) == 0 {
		if asked := t.deposits(); asked {
			return time.Now()
		}
		t.book(func(b *repair.Books, now time.Time) { r.ids, r.idle = b.Open(now, openAtOnce) })
		r.chosen = now
		if len(r.ids) == 0 {
			r.next = now.Add(openEvery)
			return t.nextOpen()
		}
	}
	id := r.ids[0]
	r.ids = r.ids[1:]
	class := rest.Fact
	if r.idle {
		class = rest.Sweep
		if ok, _ := t.afford(class, &r.hungry); !ok {
			r.next = now.Add(openEvery)
			return r.next
		}
	}
	t.askAbout(id, class)
	if len(r.ids) == 0 && r.idle {
		r.next = now.Add(openEvery)
		return t.nextOpen()
	}
	return time.Now()
}

// nextOpen returns when the books may have something to ask about, as far as they
// know now; zero: not before something comes in.
func (t *turn) nextOpen() time.Time {
	wait, ok := t.cfg.Books.NextOpen(t.now.rest.Now())
	if !ok {
		return time.Time{}
	}
	if at := time.Now().Add(wait); at.After(t.rounds.next) {
		return at
	}
	return t.rounds.next
}

// deposits asks for the newest deposits when that is worth it: one answer hints at
// twenty messages.
func (t *turn) deposits() (asked bool) {
	if t.lacks(askDeposits) || !t.cfg.Books.Deposits(t.now.rest.Now()) {
		return false
	}
	var deposits []rest.Deposit
	err := t.ask(askDeposits, func(ctx context.Context) (err error) {
		deposits, err = t.now.rest.Deposits(ctx, rest.Fact)
		return err
	})
	switch {
	case errors.Is(err, errLacking):
	case err != nil:
		t.failed(&t.rounds.retry, err)
	}
	var ids []string
	for _, d := range deposits {
		if d.Refunded() {
			ids = append(ids, d.MessageID)
		}
	}
	t.book(func(b *repair.Books, _ time.Time) { b.Hint(ids) })
	return true
}

// askAbout asks whether a message is final.
func (t *turn) askAbout(id string, class rest.Class) {
	r := &t.rounds
	var f rest.Finality
	err := t.ask(askFinality, func(ctx context.Context) (err error) {
		f, err = t.now.rest.Finality(ctx, class, id)
		return err
	})
	status := (*rest.StatusError)(nil)
	unknown := errors.As(err, &status) && status.Status == http.StatusNotFound
	switch {
	case unknown:
		t.book(func(b *repair.Books, now time.Time) { b.NoFinality(now, id) })
		// A node says no of what it does not know.
		if r.silent++; r.silent >= silentMost {
			r.silent = 0
			t.goes(askFinality, err)
		}
		return
	case err != nil:
		t.failed(&r.retry, err)
		return
	}
	r.silent, r.retry = 0, backoff{}
	if !f.Final {
		t.book(func(b *repair.Books, now time.Time) { b.NotFinal(now, id) })
		return
	}
	r.ids = nil // that may have been what they were for
	v, now := repair.Pass, time.Time{}
	t.book(func(b *repair.Books, at time.Time) { v, now = b.Final(at, id), at })
	if v == repair.Pass {
		return
	}
	e := events.MessageFinalized{MessageID: id, FinalityType: f.Type, Timestamp: stamp(now)}
	final := item{kind: repair.Finalized, id: id, at: now, env: envelope(e, now, events.OriginBackfilled)}
	if v == repair.HandOn && !slices.ContainsFunc(t.held, func(i item) bool { return i.id == id }) {
		t.pending.Add(1)
		_ = t.handOn(final) // the end of the run
		return
	}
	t.aside(v, final) // behind its message
}
