package client

import (
	"log/slog"
	"sync"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// An outage lasts from the loss of the last stream, or from the first failure
// of a Run, to the next usable stream.
type outage struct {
	gap  events.Gap // what may be missing; zero before the first connection
	told bool       // the log has one warning of each outage, not one per attempt
}

// failed notes an attempt that did not connect.
func (m *ConnectionManager) failed(t fallback.Transport, err error) {
	if m.outage == nil {
		m.outage = &outage{}
	}
	level := slog.LevelDebug
	if !m.outage.told {
		level = slog.LevelWarn
		m.outage.told = true
	}
	m.say.say(level, "cannot connect; trying on", slog.String("transport", t.String()), slog.Any("error", err))
}

// recovered ends the outage, if there is one.
func (m *ConnectionManager) recovered(t fallback.Transport) {
	if m.outage == nil {
		m.say.say(slog.LevelDebug, "connected", slog.String("transport", t.String()))
		return
	}
	if m.outage.gap.Number > 0 {
		m.queue.shut(m.outage.gap, time.Now())
		m.counters.Reconnected()
	}
	m.outage = nil
	m.say.say(slog.LevelInfo, "connected again", slog.String("transport", t.String()))
}

// warnMissing tells once what a consumer wants and transport t cannot bring.
func (m *ConnectionManager) warnMissing(t fallback.Transport) {
	for _, missing := range m.dialer.Missing() {
		m.say.once(string(missing), slog.LevelWarn, "this server does not offer a type that is wanted",
			slog.String("type", string(missing)))
	}
	if t != fallback.Polling {
		return
	}
	if types := m.asks(); types == nil || containsNotice(types) {
		m.say.once("", slog.LevelWarn,
			"polling brings the eight events that REST answers can rebuild; all others are missed until a stream works, and told as a gap")
	}
}

func containsNotice(types []events.Type) bool {
	for _, t := range types {
		if t.Family() == events.Notice {
			return true
		}
	}
	return false
}

// A standing gap is one of which there is at most one at a time. The zero value is
// none. Safe for concurrent use.
type standing struct {
	mu  sync.Mutex
	gap events.Gap
}

// begin opens the gap, unless it is open.
func (s *standing) begin(open func() events.Gap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gap.Number == 0 {
		s.gap = open()
	}
}

// end closes it, if it is open.
func (s *standing) end(shut func(events.Gap)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gap.Number > 0 {
		shut(s.gap)
		s.gap = events.Gap{}
	}
}

// polls opens the gap of polling, which brings no notices, if any are wanted.
func (m *ConnectionManager) polls(since time.Time) {
	if !m.consumers.family(events.AnyPriority, events.Notice) {
		return
	}
	m.polled.begin(func() events.Gap {
		return m.gap(events.Gap{
			Cause: events.GapByPolling, Families: []events.Family{events.Notice}, From: since,
		})
	})
}

// streams closes it, for t brings them.
func (m *ConnectionManager) streams(t *trial) {
	to := t.opened
	if t.lost != [3]int{} {
		to = time.Now() // not all that came since then could be kept
	}
	m.polled.end(func(g events.Gap) { m.queue.shut(g, to) })
}
