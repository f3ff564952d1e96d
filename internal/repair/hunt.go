package repair

import (
	"math"
	"slices"
)

// A hunt looks for the finals that the server counts and nobody told of.
//
// Each time the unexplained rises, one of the messages that were known then has
// become final, most likely one that had the usual age. So all that were not asked
// since are asked, the likely ones first, until what rose is explained. A rise in
// the middle of that is looked for first, and then the earlier one goes on where it
// was: so neither a count that rises all the time nor something that cannot be found
// keeps the others from being found.
//
// When all that were known at a rise were asked since, what remains of it cannot
// be found, and the value at the rise becomes the baseline. It is the lowest of the
// values since, each with what was found since then and may have risen before: a
// count can be ahead of the announcements that it holds.
type hunt struct {
	rises  []rise // the earliest first
	peak   int64  // what is above it is another rise
	unsure bool   // there were questions without an answer
}

// A rise is what a hunt looks for.
type rise struct {
	first bool  // no rise, but a first or fallen count: all are asked once, the youngest first
	last  int64 // when the count before it was
	at    int64 // when it was noticed
	from  int64 // from what
	value int64 // to what
	found int64 // what of that was found
	again bool  // those that gave no answer are asked once more
}

// atOnce is how many rises are told apart.
const atOnce = 16

func (h *hunt) push(r rise) {
	h.peak = r.value
	if len(h.rises) == atOnce {
		last := &h.rises[atOnce-1]
		r.from = last.from
		*last = r
		return
	}
	h.rises = append(h.rises, r)
}

// counted notes a new value of what is unexplained.
func (h *hunt) counted(u int64) {
	for i := range h.rises {
		r := &h.rises[i]
		r.value = min(r.value, u+r.found)
	}
}

// found notes that one of what is unexplained was found. It is taken from the
// earliest rise that it can have belonged to: what is left of a later one asks all
// that an earlier one asks, but not the other way round.
func (h *hunt) found(e *entry, baseline int64) {
	h.peak = max(baseline, h.peak-1)
	earliest := -1
	for i := range h.rises {
		r := &h.rises[i]
		if !e.precedes(r.at) {
			continue
		}
		r.found++
		if !r.first && earliest < 0 {
			earliest = i
		}
	}
	if earliest < 0 || earliest == len(h.rises)-1 {
		return
	}
	for i := earliest + 1; i < len(h.rises); i++ {
		h.rises[i].from--
	}
	if h.rises[earliest+1].from <= h.rises[earliest].from {
		h.rises = slices.Delete(h.rises, earliest, earliest+1)
	}
}

// precedes reports whether e, which is final, may have become so before a time.
func (e *entry) precedes(at int64) bool { return min(e.seen, e.at) <= at && e.denied < at }

// latest returns the rise that is looked for first.
func (h *hunt) latest() (r rise, on bool) {
	if len(h.rises) == 0 {
		return rise{}, false
	}
	return h.rises[len(h.rises)-1], true
}

// unlikely returns how far from the usual age e was when the count rose, as a
// factor's logarithm: 0 if it had that age between the count before and this one.
func (r rise) unlikely(e *entry, usual int64) float64 {
	born := min(e.at, e.seen)
	switch youngest, oldest := r.last-born, r.at-born; {
	case youngest > usual:
		return math.Log(float64(youngest) / float64(usual))
	case oldest < usual:
		return math.Log(float64(usual) / float64(max(oldest, 1)))
	}
	return 0
}

// asks reports whether a rise at that time has to ask e.
func (e *entry) asks(at int64) bool { return min(e.seen, e.at) <= at && e.asked < at }
