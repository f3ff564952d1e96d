package backfill

import (
	"context"
	"errors"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
)

const pageAtMost = 1000 // what a node gives

// readTips is the first question of a pass, where it is one.
func (t *turn) readTips(p *pass) error {
	p.stage = (*turn).readSince
	if !p.tips && !p.rootless && !t.lacks(askSince) {
		return nil
	}
	p.seen = true
	var ids []string
	err := t.ask(askTips, func(ctx context.Context) (err error) {
		ids, err = t.now.rest.Tips(ctx, rest.Fact)
		return err
	})
	switch {
	case err == nil:
		p.read = true
		t.book(func(b *repair.Books, _ time.Time) { b.Tips(ids) })
	case !errors.Is(err, errLacking):
		return err
	}
	return nil
}

// readSince is the second: a page of what is newer than the anchor.
func (t *turn) readSince(p *pass) error {
	if p.from.id == "" {
		id, at, ok := t.cfg.Books.Anchor()
		if !ok {
			p.stage = (*turn).walk
			return nil
		}
		p.from = mark{id, at}
	}
	var page rest.Page
	err := t.ask(askSince, func(ctx context.Context) (err error) {
		page, err = t.now.rest.Since(ctx, rest.Fact, p.from.id, p.limit)
		return err
	})
	switch {
	case errors.Is(err, errLacking):
		t.byTips(p)
		return nil
	case err != nil:
		return err
	}
	p.read = true
	t.found(page.Messages)
	if !page.Full || len(page.Messages) == 0 {
		p.stage = (*turn).walk
		return nil
	}
	t.turnPage(p, page.Messages[len(page.Messages)-1])
	return nil
}

// turnPage goes on behind a full page, which ended with last.
func (t *turn) turnPage(p *pass, last rest.Message) {
	switch {
	case last.Timestamp.UnixMilli() > p.from.at.UnixMilli():
		p.from, p.limit = mark{last.ID, last.Timestamp}, 0
	case p.limit < pageAtMost:
		// More messages in one millisecond than fit on the page: since begins with
		// the millisecond again each time, so only a larger page gets on.
		p.limit = pageAtMost
	default:
		t.byTips(p)
	}
}

// byTips leaves the rest to the walk, which needs the tips.
func (t *turn) byTips(p *pass) {
	p.stage = (*turn).walk
	if !p.seen {
		p.tips = true
		p.stage = func(t *turn, p *pass) error {
			err := t.readTips(p)
			p.stage = (*turn).walk
			return err
		}
	}
}
