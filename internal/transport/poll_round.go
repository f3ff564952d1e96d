package transport

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A read is a kind of answers, which a server has or has not.
type read string

const (
	readTips          read = "tips"
	readSince         read = "messages/since"
	readBulk          read = "messages/bulk"
	readMessage       read = "messages"
	readKCore         read = "finality/kcore/metrics"
	readDeposits      read = "deposits"
	readFinality      read = "finality"
	readDiversity     read = "diversity"
	readEnergy        read = "energy"
	readAdmissibility read = "admissibility"
	readEconomics     read = "economics"
)

// goneFor is how long a server is not asked for what it does not have.
const goneFor = time.Minute

// A round is one poll.
type round struct {
	*pollStream

	ctx   context.Context
	start time.Time
	want  []events.Type

	answers  int            // reads that succeeded
	network  int            // reads that got no answer
	failed   error          // the first that did not succeed
	stopped  bool           // no more reads in this round
	messages []rest.Message // found, to be handed on
}

// poll makes one poll and queues what it brings. It fails only if no read
// succeeded; those that failed are made again in the next one.
func (s *pollStream) poll(ctx context.Context) error {
	r := &round{pollStream: s, ctx: ctx, start: time.Now(), want: s.wanted()}
	r.readMessages()
	r.readCount()
	r.readStates()
	r.askFinality()
	if r.answers == 0 && r.failed == nil {
		r.signOfLife()
	}
	s.due = r.start.Add(s.interval)
	// A poll that took long is followed by a pause nevertheless.
	const breath = 5
	if earliest := time.Now().Add(s.interval / breath); s.due.Before(earliest) {
		s.due = earliest
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.answers == 0 {
		return r.failed
	}
	s.first = false
	s.push(Frame{Message: wire.Message{Kind: wire.Alive, Time: s.now()}})
	return nil
}

// signOfLife reads something in a poll in which nothing is due.
func (r *round) signOfLife() {
	if r.readTips() {
		return
	}
	for i := range r.states {
		if st := &r.states[i]; r.wants(st.typ) && !r.lacking(st.what) {
			r.readState(st)
			return
		}
	}
}

// wants reports whether one of the types is wanted.
func (r *round) wants(types ...events.Type) bool {
	return slices.ContainsFunc(types, func(t events.Type) bool { return slices.Contains(r.want, t) })
}

// lasted reports whether the poll has taken a certain part of the interval.
func (r *round) lasted(part float64) bool {
	return time.Since(r.start) > time.Duration(part*float64(r.interval))
}

// read makes one read, unless the poll is to stop or the server does not have
// such answers, and reports whether it succeeded.
func (r *round) read(what read, ask func() error) bool {
	if r.stopped || r.lacking(what) {
		return false
	}
	err := ask()
	if err == nil {
		r.answered()
		r.answers++
		delete(r.gone, what)
		r.books.Begin(r.rest.Now())
		return true
	}
	r.judge(what, err)
	return false
}

// judge decides what a read that failed means for the rest of the poll.
func (r *round) judge(what read, err error) {
	if r.failed == nil {
		r.failed = err
	}
	status, body := as[*rest.StatusError](err), as[*rest.BodyError](err)
	switch {
	case r.ctx.Err() != nil, is[*rest.CoolingError](err):
		r.stopped = true
	case rest.Missing(err):
		r.answered()
		r.gone[what] = time.Now().Add(goneFor)
	case status != nil:
		r.answered()
		r.stopped = forAll(status)
		r.push(Frame{Message: wire.Message{Kind: wire.Refusal, Text: fmt.Sprintf("%s: status %d", what, status.Status)}})
	case body != nil:
		r.answered()
		r.push(Frame{Message: wire.Message{Kind: wire.Garbage, Err: garbage(body)}})
	case is[*rest.TooLargeError](err):
		r.answered()
		r.push(Frame{Message: wire.Message{Kind: wire.Refusal, Text: string(what) + ": too large"}})
	default:
		// Without an answer to the first question the others are not asked, for each
		// may take its whole time-out; later one such failure may be that answer's.
		r.network++
		r.stopped = r.answers == 0 || r.network > 1
	}
}

// forAll reports whether a status is the server's answer to whatever is asked
// now: it wants to be left alone, or to be shown credentials.
func forAll(e *rest.StatusError) bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusProxyAuthRequired:
		return true
	default:
		return e.RetryAfter > 0
	}
}

// garbage describes an answer that could not be used as a stream would.
func garbage(e *rest.BodyError) error {
	const head = 64 // bytes
	reason := wire.NotJSON
	if len(e.Head) > 0 && e.Head[0] == '{' {
		reason = wire.BadEvent
	}
	return &wire.GarbageError{Reason: reason, Head: strings.ToValidUTF8(string(e.Head[:min(len(e.Head), head)]), "")}
}

// lacking reports whether the server was found not to have such answers.
func (s *pollStream) lacking(what read) bool {
	until, gone := s.gone[what]
	return gone && time.Now().Before(until)
}

// lacks reports whether the server was found not to have what a type is made of.
func (s *pollStream) lacks(t events.Type) bool {
	missing := func(what read) bool { _, gone := s.gone[what]; return gone }
	switch t {
	case events.TypeTipsUpdated:
		return missing(readTips)
	case events.TypeMessageAdded, events.TypeMessageFinalized:
		_, _, anchored := s.books.Anchor()
		return (missing(readTips) || missing(readBulk) && missing(readMessage)) && (missing(readSince) || !anchored)
	case events.TypeKCoreUpdated:
		return missing(readKCore)
	default:
		return slices.ContainsFunc(s.states, func(st state) bool { return st.typ == t && missing(st.what) })
	}
}
