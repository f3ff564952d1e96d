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

// readMessages makes a pass, or goes on with one: since the anchor, and from the
// tips back through the parents to what is known.
func (r *round) readMessages() {
	facts := r.wants(events.TypeMessageAdded, events.TypeMessageFinalized)
	if !facts && !r.wants(events.TypeTipsUpdated) {
		return
	}
	tipsRead := r.readTips()
	if !facts {
		return
	}
	ended := r.readSince()
	// While since has more, a walk would find the same from the other end.
	if r.resume.id == "" && r.walk() && ended && (tipsRead || r.lacking(readTips)) {
		r.books.PassEnded(r.now())
	}
	for _, m := range parentsFirst(r.messages) {
		r.push(r.event(events.MessageAdded{MessageID: m.ID, Depth: m.Depth, Timestamp: r.stamp()}))
	}
}

// readTips reads the tips.
func (r *round) readTips() bool {
	var ids []string
	ok := r.read(readTips, func() (err error) {
		ids, err = r.rest.Tips(r.ctx, rest.Fact)
		return err
	})
	if !ok {
		return false
	}
	if r.wants(events.TypeMessageAdded, events.TypeMessageFinalized) {
		r.books.Tips(ids)
	}
	if r.wants(events.TypeTipsUpdated) {
		tips := append([]string{}, ids...)
		slices.Sort(tips) // a set: a node's order may change from answer to answer
		r.showState(events.TypeTipsUpdated, events.TipsUpdated{Tips: tips, Count: uint64(len(tips))})
	}
	return true
}

// readSince reads what is newer than the anchor. It reports whether it came to
// the end.
func (r *round) readSince() bool {
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
		ok := r.read(readSince, func() (err error) {
			page, err = r.rest.Since(r.ctx, rest.Fact, from.id, limit)
			return err
		})
		if !ok {
			return r.lacking(readSince)
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
	for range walkPerPoll {
		ids := r.books.Ask(r.now(), idsPerWalk)
		if len(ids) == 0 {
			return true
		}
		if r.lasted(1) {
			return false
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
	ok = r.read(readBulk, func() (err error) {
		found, missing, err = r.rest.Bulk(r.ctx, rest.Fact, ids)
		return err
	})
	if ok || !r.lacking(readBulk) {
		return found, missing, ok
	}
	for _, id := range ids[:min(len(ids), singlesEach)] {
		var m rest.Message
		var there bool
		ok = r.read(readMessage, func() (err error) {
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
