package metrics

import (
	"maps"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/adic/adic-go/subscription/events"
)

// A Repair is what was done about what the stream did not say, and what is left.
type Repair struct {
	Backfilled map[events.Type]uint64 `json:"backfilled_by_type"` // part of Received: facts found by REST, states read again
	Deferred   uint64                 `json:"deferred"`           // facts that left a full lane to be delivered late
	Failures   map[string]uint64      `json:"failures_by_reason"` // questions by REST that got no answer

	Backlog Backlog `json:"backlog"` // as of the end of the last pass
}

// A Backlog is what is left to do.
type Backlog struct {
	OpenGaps    int    `json:"open_gaps"`   // episodes that are not over
	Owed        int    `json:"owed"`        // facts that are known and were not delivered yet
	NotFinal    int    `json:"not_final"`   // known messages that are not final
	Unexplained int64  `json:"unexplained"` // final messages that the node counts and did not show
	Late        uint64 `json:"late"`        // messages below the horizon that were passed over; it only grows
}

// repairs counts what a client does about what the stream did not say.
type repairs struct {
	backfilled tally
	failures   tally
	deferred   atomic.Uint64
	backlog    atomic.Pointer[Backlog]
}

// Backfilled counts a fact that was found by REST, or a state that was read again.
// It is counted as received, too.
func (c *Counters) Backfilled(t events.Type) { c.repair.backfilled.count(string(t)) }

// Deferred counts a fact that left a full lane to be delivered late.
func (c *Counters) Deferred() { c.repair.deferred.Add(1) }

// RepairFailed counts a question by REST that got no answer, by a short word for
// the reason.
func (c *Counters) RepairFailed(reason string) { c.repair.failures.count(reason) }

// Backlog notes what is left to do.
func (c *Counters) Backlog(b Backlog) { c.repair.backlog.Store(&b) }

// read returns what was counted.
func (r *repairs) read() (s Repair) {
	byName, _ := r.backfilled.sum()
	s.Backfilled = make(map[events.Type]uint64, len(byName))
	for name, n := range byName {
		s.Backfilled[events.Type(name)] = n
	}
	s.Failures, _ = r.failures.sum()
	s.Deferred = r.deferred.Load()
	if b := r.backlog.Load(); b != nil {
		s.Backlog = *b
	}
	return s
}

// writeRepair writes what is counted of repair.
func (s Snapshot) writeRepair(f *families) {
	r := s.Repair
	f.begin("backfilled_total", "counter", "Facts found and states read again by REST.")
	samples(f, "type", r.Backfilled)
	f.single("deferred_total", "counter", "Facts that left a full lane to be delivered late.", r.Deferred)
	f.begin("repair_failures_total", "counter", "Questions by REST that got no answer.")
	samples(f, "reason", r.Failures)
	gauge := func(name, help string, n int64) {
		f.begin(name, "gauge", help)
		f.sample("", strconv.FormatInt(n, 10))
	}
	gauge("open_gaps", "Episodes in which events may be missing that are not over.", int64(r.Backlog.OpenGaps))
	gauge("owed_facts", "Facts that are known and were not delivered yet.", int64(r.Backlog.Owed))
	gauge("not_final_messages", "Known messages that are not final.", int64(r.Backlog.NotFinal))
	gauge("unexplained_finals", "Final messages that the node counts and did not show.", r.Backlog.Unexplained)
	f.single("late_messages_total", "counter", "Messages below the horizon that were passed over.", r.Backlog.Late)
}

// String returns r for people, "" if there is nothing to say.
func (r Repair) String() string {
	var total uint64
	for _, t := range slices.Sorted(maps.Keys(r.Backfilled)) {
		total += r.Backfilled[t]
	}
	if total+r.Deferred == 0 && len(r.Failures) == 0 && r.Backlog == (Backlog{}) {
		return ""
	}
	return strconv.FormatUint(total, 10) + " backfilled, " + strconv.Itoa(r.Backlog.Owed) + " owed, " +
		strconv.FormatInt(r.Backlog.Unexplained, 10) + " unexplained finals, " +
		strconv.Itoa(r.Backlog.NotFinal) + " not final" + counts(", ",
		count{r.Deferred, "deferred", ""}, count{r.Backlog.Late, "late", ""})
}
