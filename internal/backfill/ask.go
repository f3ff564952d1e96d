package backfill

import (
	"context"
	"errors"
	"time"

	"github.com/adic/adic-go/internal/rest"
)

// A question is a kind of answers, which a server has or has not.
type question string

const (
	askTips     question = "tips"
	askSince    question = "messages/since"
	askBulk     question = "messages/bulk"
	askMessage  question = "messages"
	askCount    question = "finality/kcore/metrics"
	askDeposits question = "deposits"
	askFinality question = "finality"
)

// goneFor is how long a server is not asked for what it does not have.
const goneFor = time.Minute

// errLacking says that the server does not have such answers.
var errLacking = errors.New("backfill: the server has no such answers")

// lacking is what is known of the answers that one server does not have.
type lacking struct {
	gone map[question]time.Time // and when to ask again
	told map[question]bool
}

func newLacking() lacking {
	return lacking{gone: make(map[question]time.Time), told: make(map[question]bool)}
}

// turnsTo has the answers of another server count.
func (l *Loop) turnsTo(from, to *rest.Client) {
	l.servers[from] = l.lacking
	l.lacking = l.servers[to]
	if l.gone == nil {
		l.lacking = newLacking()
	}
}

// ask puts a question, unless the server does not have such answers.
func (t *turn) ask(what question, put func(context.Context) error) error {
	if t.lacks(what) {
		return errLacking
	}
	if err := t.ctx.Err(); err != nil {
		return err
	}
	err := put(t.ctx)
	switch {
	case err == nil:
		delete(t.gone, what)
	case rest.Missing(err):
		t.goes(what, err)
		return errLacking
	}
	return err
}

// goes notes that the server does not have such answers, and tells it once.
func (t *turn) goes(what question, err error) {
	t.gone[what] = time.Now().Add(goneFor)
	if !t.told[what] {
		t.told[what] = true
		t.cfg.Note(Note{Kind: Failed, Err: err})
	}
}

// lacks reports whether the server was found not to have such answers.
func (l *Loop) lacks(what question) bool { return time.Now().Before(l.gone[what]) }

// failed notes that a question failed, and lets some time go by before the next
// of its kind. A question that the end of its connection cut off did not fail.
func (t *turn) failed(b *backoff, err error) {
	if t.ctx.Err() != nil {
		return
	}
	if cooling := (*rest.CoolingError)(nil); errors.As(err, &cooling) {
		b.fail(cooling.RetryAfter) // it was not asked: what led to that has been told
		return
	}
	b.fail(0)
	t.cfg.Note(Note{Kind: Failed, Err: err})
}

// afford reports whether the budget has something to spare for a question of the
// class, or when it may. One that has been waiting for long is put nevertheless,
// and waits in the budget's own order; hungry says since when.
func (t *turn) afford(class rest.Class, hungry *time.Time) (ok bool, next time.Time) {
	const long = 20 * time.Second
	wait := t.now.rest.Delay(class)
	now := time.Now()
	switch {
	case wait == 0, !hungry.IsZero() && now.Sub(*hungry) >= long:
		*hungry = time.Time{}
		return true, now
	case hungry.IsZero():
		*hungry = now
	}
	return false, earlier(now.Add(wait), hungry.Add(long))
}
