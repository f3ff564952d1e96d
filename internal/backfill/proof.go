package backfill

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
)

// newestToProve is how many of the newest messages a full pass asks for again.
const newestToProve = 100

// prove asks with the first ids that the books want for the anchor, too, and for
// the newest messages: of an anchor that it does not know, a node says that there
// is nothing new. An anchor that is lost is replaced, and since begun again there.
func (t *turn) prove(p *pass, ids []string) error {
	p.proven = true
	anchor, _, anchored := t.cfg.Books.Anchor()
	proof := t.cfg.Books.Newest(newestToProve)
	if anchored && !slices.Contains(proof, anchor) {
		proof = append(proof, anchor)
	}
	all := slices.Clone(proof)
	if t.history {
		// What came since the connect shows nothing of the history before it.
		ids = slices.Concat(t.now.before, ids)
	}
	for _, id := range ids {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		return nil
	}
	var found []rest.Message
	var absent []string
	err := t.ask(askBulk, func(ctx context.Context) (err error) {
		found, absent, err = t.now.rest.Bulk(ctx, rest.Fact, all)
		return err
	})
	switch {
	case errors.Is(err, errLacking):
		return nil // then there is no proof; the walk goes on by single messages
	case err != nil:
		t.learn(found, absent)
		return err
	}
	p.read = true
	t.learn(found, slices.DeleteFunc(all, func(id string) bool { return contains(found, id) }))
	if t.history {
		t.history = false
		if slices.Contains(absent, anchor) && !slices.ContainsFunc(t.now.before, func(id string) bool { return contains(found, id) }) {
			t.cfg.Note(Note{Kind: History})
		}
	}
	there := slices.DeleteFunc(found, func(m rest.Message) bool { return !slices.Contains(proof, m.ID) })
	if slices.Contains(absent, anchor) {
		t.lose(p, anchor, there)
	}
	return nil
}

// lose replaces the anchor, of which the server knows nothing.
func (t *turn) lose(p *pass, anchor string, there []rest.Message) {
	facts := make([]repair.Fact, len(there))
	for i, m := range there {
		facts[i] = repair.Fact(m)
	}
	t.book(func(b *repair.Books, now time.Time) { b.AnchorLost(now, facts) })
	if id, _, ok := t.cfg.Books.Anchor(); ok && id != anchor && !p.again {
		p.again, p.from, p.limit, p.stage = true, mark{}, 0, (*turn).readSince
	}
}

func contains(messages []rest.Message, id string) bool {
	return slices.ContainsFunc(messages, func(m rest.Message) bool { return m.ID == id })
}
