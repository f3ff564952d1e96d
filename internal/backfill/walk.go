package backfill

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
)

const (
	idsAtOnce   = 500 // in one bulk question
	singlesEach = 8   // where there is no bulk
	walksAtOnce = 8   // questions
)

// walk is the third question of a pass, until nothing is left to ask for: the
// unknown tips and parents.
func (t *turn) walk(p *pass) error {
	var ids []string
	t.book(func(b *repair.Books, now time.Time) { ids = b.Ask(now, idsAtOnce) })
	if !p.proven && !t.lacks(askBulk) {
		return t.prove(p, ids)
	}
	if len(ids) == 0 {
		p.stage = (*turn).readCount
		return nil
	}
	if p.walks++; p.walks%walksAtOnce == 0 && p.oldest.id != "" {
		// Back from the tips it goes step by step, and they may move away faster. What
		// is newer than the oldest message so far is read at once.
		p.from, p.limit, p.stage = p.oldest, 0, (*turn).readSince
		return nil
	}
	if time.Since(t.began) >= longPass && len(ids) < idsAtOnce {
		t.release(ids)
	}
	found, missing, err := t.fetch(p, ids)
	t.learn(found, missing)
	switch {
	case errors.Is(err, errLacking):
		p.stage = (*turn).readCount // there is no other way to read them
		return nil
	case err != nil:
		return err
	}
	if p.read = p.read || len(found) > 0 || !t.lacks(askBulk); !p.read {
		p.stage = (*turn).readCount // it has shown nothing so far
	}
	return nil
}

// learn puts messages that were asked for into the books, and which were not there.
func (t *turn) learn(found []rest.Message, missing []string) {
	t.found(found)
	t.book(func(b *repair.Books, now time.Time) { b.Missing(now, missing) })
}

// fetch reads messages by id, some one by one where the server has no bulk answers.
// With an error, what came before it is returned, too.
func (t *turn) fetch(p *pass, ids []string) (found []rest.Message, missing []string, err error) {
	err = t.ask(askBulk, func(ctx context.Context) (err error) {
		found, missing, err = t.now.rest.Bulk(ctx, rest.Fact, ids)
		return err
	})
	switch {
	case errors.Is(err, errLacking):
		n := singlesEach
		if !p.read {
			n = 1 // the server may have no such answers at all
		}
		return t.fetchSingly(ids[:min(len(ids), n)])
	case err == nil:
		// What the answer does not have at all is not there either.
		missing = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			return contains(found, id)
		})
	}
	return found, missing, err
}

func (t *turn) fetchSingly(ids []string) (found []rest.Message, missing []string, err error) {
	for _, id := range ids {
		var m rest.Message
		var there bool
		err := t.ask(askMessage, func(ctx context.Context) (err error) {
			m, there, err = t.now.rest.Message(ctx, rest.Fact, id)
			return err
		})
		switch {
		case err != nil:
			return found, missing, err
		case there:
			found = append(found, m)
		default:
			missing = append(missing, id)
		}
	}
	return found, missing, nil
}

// readCount is the last question of a full pass, where the stream does not tell
// the count of final messages.
func (t *turn) readCount(p *pass) error {
	p.stage = nil
	if !p.full || !t.countIsDue() {
		return nil
	}
	var k rest.KCore
	err := t.ask(askCount, func(ctx context.Context) (err error) {
		k, err = t.now.rest.KCore(ctx, rest.Fact)
		return err
	})
	switch {
	case errors.Is(err, errLacking):
		return nil
	case err != nil:
		return err
	}
	t.book(func(b *repair.Books, now time.Time) {
		b.Counted(now, k.FinalizedCount)
		b.Hint(k.Recent)
	})
	return nil
}
