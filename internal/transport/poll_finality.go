package transport

import (
	"net/http"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// How many messages one poll asks about whether they are final.
const (
	asksPerPoll = 16 // if there are as many requests to spare
	asksAlways  = 2  // however few there are
)

// readCount reads the count of final messages.
func (r *round) readCount() {
	facts := r.wants(events.TypeMessageFinalized)
	if !facts && !r.wants(events.TypeKCoreUpdated) {
		return
	}
	var k rest.KCore
	counted := r.read(readKCore, rest.Fact, func() (err error) {
		k, err = r.rest.KCore(r.ctx, rest.Fact)
		return err
	})
	if counted && r.wants(events.TypeKCoreUpdated) {
		r.showState(events.TypeKCoreUpdated, k.KCoreUpdated)
	}
	if !facts {
		return
	}
	r.cycle.rose = counted && r.books.Counted(r.now(), k.FinalizedCount)
	r.books.Hint(k.Recent)
}

// readDeposits asks for the newest deposits when the count has risen, or nobody
// knows: one answer hints at twenty messages.
func (r *round) readDeposits() {
	if !r.wants(events.TypeMessageFinalized) || !r.cycle.rose && !r.first && !r.lacking(readKCore) {
		return
	}
	var deposits []rest.Deposit
	r.read(readDeposits, rest.Fact, func() (err error) {
		deposits, err = r.rest.Deposits(r.ctx, rest.Fact)
		return err
	})
	var ids []string
	for _, d := range deposits {
		if d.Refunded() {
			ids = append(ids, d.MessageID)
		}
	}
	r.books.Hint(ids)
}

// askFinality asks about single messages, if the count gives cause to, or now and
// then: as many as the budget has to spare without a wait, and a few at least. What this poll found
// has been queued before, so that none is final before it is added.
func (r *round) askFinality() {
	if !r.wants(events.TypeMessageFinalized) || !r.room(rest.Sweep) {
		return
	}
	const half = 0.5 // of the interval
	ids, idle := r.books.Open(r.now(), max(asksAlways, min(asksPerPoll, r.rest.Free(rest.Sweep))))
	class := rest.Fact
	if idle {
		class = rest.Sweep
	}
	for i, id := range ids {
		if i > 0 && r.lasted(half) {
			return
		}
		var f rest.Finality
		unknown := false
		ok := r.read(readFinality, class, func() (err error) {
			f, err = r.rest.Finality(r.ctx, class, id)
			status := as[*rest.StatusError](err)
			if unknown = status != nil && status.Status == http.StatusNotFound; unknown {
				return nil
			}
			return err
		})
		switch {
		case !ok:
			return
		case unknown:
			r.books.NoFinality(r.now(), id)
		case !f.Final:
			r.books.NotFinal(r.now(), id)
		case r.books.Final(r.now(), id):
			r.push(r.event(events.MessageFinalized{MessageID: id, FinalityType: f.Type, Timestamp: r.stamp()}))
		}
	}
}
