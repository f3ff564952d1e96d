package transport

import (
	"net/http"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// asksPerPoll is how many messages one poll asks about whether they are final.
const asksPerPoll = 16

// readCount reads the count of final messages, and when it has risen the hints
// that there are about which.
func (r *round) readCount() {
	facts := r.wants(events.TypeMessageFinalized)
	if !facts && !r.wants(events.TypeKCoreUpdated) {
		return
	}
	var k rest.KCore
	counted := r.read(readKCore, func() (err error) {
		k, err = r.rest.KCore(r.ctx, rest.Fact)
		return err
	})
	if counted && r.wants(events.TypeKCoreUpdated) {
		r.showState(events.TypeKCoreUpdated, k.KCoreUpdated)
	}
	if !facts {
		return
	}
	rose := counted && r.books.Counted(r.now(), k.FinalizedCount)
	r.books.Hint(k.Recent)
	if rose || r.first || r.lacking(readKCore) {
		r.readDeposits()
	}
}

// readDeposits asks for the newest deposits: one answer hints at twenty messages.
func (r *round) readDeposits() {
	var deposits []rest.Deposit
	r.read(readDeposits, func() (err error) {
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
// then: as many as the budget has to spare without a wait. What this poll found
// has been queued before, so that none is final before it is added.
func (r *round) askFinality() {
	if !r.wants(events.TypeMessageFinalized) {
		return
	}
	const half = 0.5 // of the interval
	ids, idle := r.books.Open(r.now(), min(asksPerPoll, r.rest.Free(rest.Sweep)))
	class := rest.Fact
	if idle {
		class = rest.Sweep
	}
	for _, id := range ids {
		if r.lasted(half) {
			return
		}
		var f rest.Finality
		unknown := false
		ok := r.read(readFinality, func() (err error) {
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
