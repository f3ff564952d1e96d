package transport

import (
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
	readKCore         read = "finality/kcore/metrics"
	readDiversity     read = "diversity"
	readEnergy        read = "energy"
	readAdmissibility read = "admissibility"
	readEconomics     read = "economics"
)

// goneFor is how long a server is not asked for what it does not have.
const goneFor = time.Minute

// read makes one read, unless the round is to stop or the server does not have
// such answers, and reports whether it succeeded.
func (r *round) read(what read, class rest.Class, ask func() error) bool {
	if r.lacking(what) || !r.room(class) {
		return false
	}
	r.begun++
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
	case r.ctx.Err() != nil:
		r.stopped = true
	case is[*rest.CoolingError](err):
		r.stopped, r.over = true, err
	case rest.Missing(err):
		r.answered()
		r.goes(what)
	case status != nil:
		r.answered()
		r.stopped = forAll(status)
		if status.RetryAfter > r.interval {
			// The stream would be silent for longer than anybody expects.
			r.over = err
		}
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

// goes notes that the server does not have such answers. Which types it does not
// have is known when a stream is opened; afterwards it is told, once.
func (r *round) goes(what read) {
	r.gone[what] = time.Now().Add(goneFor)
	if r.told[what] {
		return
	}
	r.told[what] = true
	if !r.opening {
		text := fmt.Sprintf("%s: status %d, not available", what, http.StatusNotFound)
		r.push(Frame{Message: wire.Message{Kind: wire.Refusal, Text: text}})
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
		return missing(readTips) && !anchored // otherwise there is something to follow them from
	case events.TypeKCoreUpdated:
		return missing(readKCore)
	default:
		return slices.ContainsFunc(s.states, func(st state) bool { return st.typ == t && missing(st.what) })
	}
}
