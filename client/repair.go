package client

import (
	"context"
	"log/slog"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// This file ties the loop that reads by REST what the stream did not say to the
// rest of the manager: what it is told, and what it hands on.

// repairs tells the loop what connection there is and what is wanted.
func (m *ConnectionManager) repairs(c *connection) {
	// Who comes last tells what is wanted by then.
	m.telling.Lock()
	defer m.telling.Unlock()
	if m.current.Load() != c {
		return
	}
	m.books.Want(m.consumers.match(events.TypeMessageAdded), m.consumers.match(events.TypeMessageFinalized))
	m.queue.freed(m.books.Waits) // what waited for a message that nobody wants any more
	mode := backfill.Stream
	switch {
	case c.stream.Transport() == fallback.Polling:
		mode = backfill.Polling
	case m.life.dead.Load():
		mode = backfill.Dead
	}
	m.loop.Follow(mode, m.consumers.handled())
}

// pause stops the loop: there is no connection.
func (m *ConnectionManager) pause() {
	m.disturbed()
	m.telling.Lock()
	defer m.telling.Unlock()
	m.loop.Follow(backfill.Paused, m.consumers.handled())
}

// disturbed notes that something may be missing: nothing is in sync until a pass
// that begins now has ended.
func (m *ConnectionManager) disturbed() {
	m.books.Disturb()
	m.synced.Store(nil)
}

// facts reports whether messages or finalizations are wanted.
func (m *ConnectionManager) facts() bool {
	return m.consumers.match(events.TypeMessageAdded) || m.consumers.match(events.TypeMessageFinalized)
}

// witness takes from a state what it says about others: which messages there are,
// and how many are final.
func (m *ConnectionManager) witness(f *transport.Frame) {
	if f.Origin == events.OriginLive {
		m.loop.Live(f.Type)
	}
	if !m.intake.facts {
		return
	}
	switch f.Type {
	case events.TypeTipsUpdated:
		m.intake.tips = append(m.intake.tips[:0], f.Data...)
	case events.TypeKCoreUpdated:
		if n, ok := wire.FinalizedCount(f.Data); ok {
			m.books.Counted(m.happened(f), n)
		}
	default:
	}
}

// fill hands on what was found by REST. It waits while the handlers have enough
// of that to do.
func (m *ConnectionManager) fill(ctx context.Context, env events.Envelope) error {
	m.counters.Received(env.Type, len(env.Data), env.Received)
	m.counters.Backfilled(env.Type)
	if !m.consumers.match(env.Type) {
		m.counters.Filtered()
		if k, id, ok := factOf(env.Type, env.Data); ok {
			m.books.Delivered(k, id) // to nobody
		}
		return nil
	}
	replaced, err := m.queue.fill(ctx, env)
	for i := range replaced {
		m.pushed(&replaced[i])
	}
	if err != nil {
		m.counters.Dropped(env.Type.Lane())
	}
	if env.Type == events.TypeMessageFinalized {
		m.publish() // one less is unexplained
	}
	return err
}

// longestID bounds what is remembered of a server: a node's ids have 64 bytes.
const longestID = 256

// factOf says which fact an event is. One that has no id, or an endless one, is
// handed on like a notice.
func factOf(t events.Type, data []byte) (k repair.Kind, id string, ok bool) {
	switch t {
	case events.TypeMessageAdded:
		k = repair.Added
	case events.TypeMessageFinalized:
		k = repair.Finalized
	default:
		return 0, "", false
	}
	id, ok = wire.MessageID(data)
	return k, id, ok && len(id) <= longestID
}

// noted takes what the loop has to tell.
func (m *ConnectionManager) noted(n backfill.Note) {
	switch n.Kind {
	case backfill.Ended:
		m.queue.lacks(false)
		m.sync()
		m.publish()
		m.queue.freed(m.books.Waits)
		m.progress.tell()
	case backfill.Current:
		m.caughtUp()
	case backfill.Failed:
		m.counters.RepairFailed(transport.Reason(n.Err))
		m.say.once(transport.Reason(n.Err), slog.LevelWarn, "repair is held up: what the stream does not tell comes late",
			slog.Any("error", n.Err))
	case backfill.Lacking: // nothing that is awaited will ever come
		m.queue.lacks(true)
		m.queue.settles(m.queue.ledger.mark(), true)
	case backfill.History:
		m.queue.shut(m.gap(events.Gap{Cause: events.GapByHistory, From: time.Now()}), time.Now())
		m.say.say(slog.LevelWarn, "the node knows none of the messages that it told before: it has another history")
	case backfill.Unannounced:
		m.say.once("", slog.LevelInfo, "this node does not announce all of its messages and finalizations; the others are found by REST")
	case backfill.Overrun:
		m.queue.shut(m.gap(events.Gap{
			Cause: events.GapByOverflow, Families: []events.Family{events.Fact}, From: time.Now(),
		}), time.Now())
		m.say.say(slog.LevelWarn, "messages come faster than they can be read by REST: some are missing")
	}
}

// caughtUp follows a pass whose facts, and the newest states, were handed on.
func (m *ConnectionManager) caughtUp() {
	if m.complete() {
		m.queue.settles(m.queue.ledger.mark(), false)
	}
	m.progress.tell()
}

// owed returns how many facts are known that no handler was given yet, other than
// those that the stream has just announced.
func (m *ConnectionManager) owed() int { return m.queue.owed() + m.loop.Pending() }

// publish makes the figures of the books visible to Health and the metrics.
func (m *ConnectionManager) publish() {
	f := m.books.Figures()
	m.figures.Store(&f)
	m.counters.Backlog(metrics.Backlog{
		OpenGaps: m.queue.ledger.opened(), Owed: m.owed(), NotFinal: f.Open, Unexplained: f.Unexplained, Late: f.Late,
	})
}

// settled follows the delivery of all that a pass brought: what was closed before
// is as good as it will be.
func (m *ConnectionManager) settled(mark uint64, lacking bool) {
	for _, g := range m.queue.ledger.settle(mark, lacking) {
		m.queue.announce(g)
	}
	m.sync()
	m.publish()
	m.progress.tell()
}

// sync notes since when all is in sync.
func (m *ConnectionManager) sync() {
	if now := time.Now(); m.inSync() {
		m.synced.CompareAndSwap(nil, &now)
		if !m.inSync() { // it was disturbed in between
			m.synced.Store(nil)
		}
	}
}
