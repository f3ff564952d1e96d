package transport

import (
	"cmp"
	"slices"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// How much of a pass one poll makes; the rest is the next one's.
const (
	pagesPerPoll  = 4    // of since
	walkPerPoll   = 8    // bulk questions
	idsPerWalk    = 500  // in one of them
	singlesEach   = 8    // where there is no bulk
	pageAtMost    = 1000 // what a node gives
	proveEvery    = time.Minute
	newestToProve = 100
)

// A mark is a message that since goes on at.
type mark struct {
	id string
	at time.Time // zero: not known
}

// Three steps make a pass, or go on with one: the tips, since the anchor, and from
// the tips back through the parents to what is known.

// readTips is the first of them.
func (r *round) readTips() {
	if r.wantsFacts() || r.wants(events.TypeTipsUpdated) {
		r.cycle.tips = r.tips() || r.lacking(readTips)
	}
}

// readSince is the second.
func (r *round) readSince() {
	if r.wantsFacts() {
		r.cycle.since = r.since()
	}
}

// readParents is the third, after which the messages that were found are handed
// on.
func (r *round) readParents() {
	// While since has more, a walk would find the same from the other end.
	if r.wantsFacts() && r.resume.id == "" && r.walk() && r.cycle.since && r.cycle.tips {
		r.books.PassEnded(r.now())
	}
	if !r.short || r.begun > 0 && !r.first { // otherwise this step goes on, and may find parents
		r.flush()
	}
}

// flush hands on the messages that were found.
func (s *pollStream) flush() {
	for _, m := range parentsFirst(s.messages) {
		s.push(s.event(events.MessageAdded{MessageID: m.ID, Depth: m.Depth, Timestamp: s.stamp()}))
	}
	s.messages = nil
}

// tips reads the tips.
func (r *round) tips() bool {
	var ids []string
	ok := r.read(readTips, rest.Fact, func() (err error) {
		ids, err = r.rest.Tips(r.ctx, rest.Fact)
		return err
	})
	if !ok {
		return false
	}
	if r.wantsFacts() {
		r.books.Tips(ids)
	}
	if r.wants(events.TypeTipsUpdated) {
		tips := append([]string{}, ids...)
		slices.Sort(tips) // a set: a node's order may change from answer to answer
		r.showState(events.TypeTipsUpdated, events.TipsUpdated{Tips: tips, Count: uint64(len(tips))})
	}
	return true
}

// since reads what is newer than the anchor. It reports whether it came to the
// end.
func (r *round) since() bool {
	from := r.resume
	if from.id == "" {
		id, at, ok := r.books.Anchor()
		if !ok {
			return true // the walk alone finds everything
		}
		from = mark{id, at}
	}
	limit := 0
	for n := range pagesPerPoll {
		var page rest.Page
		ok := r.read(readSince, rest.Fact, func() (err error) {
			page, err = r.rest.Since(r.ctx, rest.Fact, from.id, limit)
			return err
		})
		switch {
		case ok:
		case r.lacking(readSince):
			r.resume = mark{}
			return true // the walk finds everything
		default:
			if n > 0 {
				r.resume = from
			}
			return false
		}
		r.found(page.Messages)
		switch {
		case len(page.Messages) > 0:
			r.proved = time.Now()
		case n == 0:
			r.proveAnchor(from.id)
		}
		if !page.Full {
			r.resume = mark{}
			return true
		}
		last := page.Messages[len(page.Messages)-1]
		switch {
		case last.Timestamp.UnixMilli() > from.at.UnixMilli():
			from, limit = mark{last.ID, last.Timestamp}, 0
		case limit < pageAtMost:
			// More messages in one millisecond than fit on the page: since begins with
			// the millisecond again each time, so only a larger page gets on.
			limit = pageAtMost
		default:
			r.resume = mark{}
			return true // the walk finds the rest
		}
	}
	r.resume = from
	return false
}

// proveAnchor makes sure that "nothing new" is not "no such anchor", which a node
// answers in the same way. Each answer that has something proves it, too.
func (r *round) proveAnchor(id string) {
	if time.Since(r.proved) < proveEvery {
		return
	}
	r.resume = mark{}
	found, missing, ok := r.fetch([]string{id})
	if !ok {
		return
	}
	r.proved = time.Now()
	if len(found) > 0 || len(missing) == 0 {
		return
	}
	there, _, ok := r.fetch(r.books.Newest(newestToProve))
	if ok {
		r.books.AnchorLost(r.now(), toFacts(there))
	}
}

// walk asks for the unknown tips and parents until none is left. It reports
// whether it came to the end.
func (r *round) walk() bool {
	for ; r.cycle.walks < walkPerPoll; r.cycle.walks++ {
		if !r.room(rest.Fact) {
			return false
		}
		ids := r.books.Ask(r.now(), idsPerWalk)
		if len(ids) == 0 {
			return true
		}
		found, missing, ok := r.fetch(ids)
		r.found(found)
		r.books.Missing(r.now(), missing)
		if !ok {
			return false
		}
	}
	return len(r.books.Ask(r.now(), 1)) == 0
}

// fetch reads messages by id, one by one where the server has no bulk answers.
func (r *round) fetch(ids []string) (found []rest.Message, missing []string, ok bool) {
	ok = r.read(readBulk, rest.Fact, func() (err error) {
		found, missing, err = r.rest.Bulk(r.ctx, rest.Fact, ids)
		return err
	})
	if ok || !r.lacking(readBulk) {
		return found, missing, ok
	}
	for _, id := range ids[:min(len(ids), singlesEach)] {
		var m rest.Message
		var there bool
		ok = r.read(readMessage, rest.Fact, func() (err error) {
			m, there, err = r.rest.Message(r.ctx, rest.Fact, id)
			return err
		})
		switch {
		case !ok:
			return found, missing, false
		case there:
			found = append(found, m)
		default:
			missing = append(missing, id)
		}
	}
	return found, missing, true
}

// found puts messages into the books, and those that are new aside.
func (r *round) found(messages []rest.Message) {
	now := r.now()
	for _, m := range messages {
		if !r.books.Found(repair.Fact(m), now) {
			continue
		}
		if r.wants(events.TypeMessageAdded) {
			r.messages = append(r.messages, m)
		} else {
			r.books.Added(m.ID, now) // to nobody
		}
	}
}

func toFacts(messages []rest.Message) []repair.Fact {
	facts := make([]repair.Fact, len(messages))
	for i, m := range messages {
		facts[i] = repair.Fact(m)
	}
	return facts
}

// parentsFirst sorts messages by their timestamps, except that parents come
// before children: clocks of proposers differ.
func parentsFirst(messages []rest.Message) []rest.Message {
	slices.SortStableFunc(messages, func(a, b rest.Message) int {
		return cmp.Or(a.Timestamp.Compare(b.Timestamp), cmp.Compare(a.ID, b.ID))
	})
	index := make(map[string]int, len(messages))
	for i, m := range messages {
		index[m.ID] = i
	}
	sorted := make([]rest.Message, 0, len(messages))
	visited := make([]bool, len(messages))
	var visit func(i int)
	visit = func(i int) {
		if visited[i] {
			return
		}
		visited[i] = true
		for _, id := range messages[i].Parents {
			if p, here := index[id]; here {
				visit(p)
			}
		}
		sorted = append(sorted, messages[i])
	}
	for i := range messages {
		visit(i)
	}
	return sorted
}
