package metrics

import (
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// A Snapshot is what had been counted at some moment. It shares nothing with the
// Counters it came from. Maps have only entries that are not zero, except
// Transports, DroppedByLane and CoalescedByLane, which are complete. Its JSON form has the keys
// below and is read back as it was.
type Snapshot struct {
	ConnectionStatus string             `json:"connection_status"` // "disconnected" before the first Status
	Transport        fallback.Transport `json:"transport"`
	Reconnections    uint64             `json:"reconnections"`

	LastEventTime time.Time `json:"last_event_time,omitzero"` // this host's clock; zero if there was none
	Received      uint64    `json:"events_received"`          // of any type, beats included, before any filter
	Handled       uint64    `json:"events_handled"`
	Dropped       uint64    `json:"events_dropped"`   // by full lanes
	Coalesced     uint64    `json:"events_coalesced"` // a later one of the type took their place in a lane
	Filtered      uint64    `json:"events_filtered"`  // nobody subscribed to them
	Duplicates    uint64    `json:"events_duplicate"` // facts that had been passed on before
	Pending       uint64    `json:"events_pending"`   // received, and none of the above yet
	Unknown       uint64    `json:"events_unknown"`   // part of Received: types that are not in the catalogue
	EventBytes    uint64    `json:"event_bytes"`      // of the frames in Received

	ByType        map[events.Type]uint64     `json:"events_by_type"`  // of Received
	HandledByType map[events.Type]uint64     `json:"handled_by_type"` // of Handled
	DroppedByLane map[events.Priority]uint64 `json:"dropped_by_lane"` // of Dropped; "all": no known lane

	CoalescedByLane map[events.Priority]uint64 `json:"coalesced_by_lane"` // of Coalesced

	HandlerTime   Durations            `json:"handler_time"` // of all handlers of an event together
	SlowHandlers  map[events.Type]Slow `json:"slow_handlers_by_type"`
	HandlerErrors uint64               `json:"handler_errors"`
	HandlerPanics uint64               `json:"handler_panics"`
	DecodeErrors  uint64               `json:"decode_errors"` // payloads that were not what their type promises
	Garbage       map[string]uint64    `json:"garbage_by_reason"`
	Gaps          map[string]uint64    `json:"gaps_by_cause"`

	Transports map[fallback.Transport]Link `json:"transports"`
	Promotions []Promotion                 `json:"promotions,omitempty"`
	Failovers  map[string]uint64           `json:"failovers_to_endpoint,omitempty"` // changes of the endpoint, the returns to the preferred one included
	Polls      uint64                      `json:"polls"`

	Repair Repair `json:"repair"`
}

// A Link is what happened to the connections of one transport.
type Link struct {
	Dials        uint64            `json:"dials"`
	DialFailures uint64            `json:"dial_failures"`
	Connects     uint64            `json:"connects"` // connections that became usable
	Disconnects  uint64            `json:"disconnects"`
	Open         uint64            `json:"open"` // Connects - Disconnects
	Bytes        uint64            `json:"bytes"`
	FailedBy     map[string]uint64 `json:"dial_failures_by_reason"`
	EndedBy      map[string]uint64 `json:"disconnects_by_reason"`
}

// A Promotion counts how often one transport took the place of another.
type Promotion struct {
	From  fallback.Transport `json:"from"`
	To    fallback.Transport `json:"to"`
	Count uint64             `json:"count"`
}

// Snapshot returns the counts of now. What adds up in it is said in the package
// comment.
func (c *Counters) Snapshot() Snapshot {
	s := Snapshot{ConnectionStatus: "disconnected"}
	if st := c.status.Load(); st != nil {
		s.ConnectionStatus, s.Transport = st.name, st.transport
	}
	s.Reconnections = c.reconnections.Load()
	s.Polls = c.polls.Load()
	s.Garbage, _ = c.in.garbage.sum()
	s.Gaps, _ = c.gaps.sum()
	if moves, n := c.moves.sum(); n > 0 {
		s.Failovers = moves
	}
	s.SlowHandlers = c.slowBy()
	s.HandlerErrors = c.out.errors.Load()
	s.HandlerPanics = c.out.panics.Load()
	s.DecodeErrors = c.out.decodeErrors.Load()
	s.Repair = c.repair.read()
	c.events(&s)
	c.transports(&s)
	return s
}

// events reads the counts of events: first the fates, then what was received, so
// that no event has met a fate without having been received.
func (c *Counters) events(s *Snapshot) {
	s.HandlerTime = c.out.time.read()
	s.HandledByType, s.Handled = c.byType(&c.out.handled, func(f *flow) *atomic.Uint64 { return &f.handled })
	s.DroppedByLane, s.Dropped = c.in.dropped.read()
	s.CoalescedByLane, s.Coalesced = c.in.coalesced.read()
	s.Filtered = c.in.filtered.Load()
	s.Duplicates = c.in.duplicates.Load()

	s.ByType, s.Received = c.byType(&c.in.received, func(f *flow) *atomic.Uint64 { return &f.received })
	for t, n := range s.ByType {
		if !t.Known() {
			s.Unknown += n
		}
	}
	s.EventBytes = c.in.bytes.Load()
	// Received stores the time before it counts: of an event that is not in these
	// counts, the time may be there already.
	if last := c.in.last.Load(); last != 0 && s.Received > 0 {
		s.LastEventTime = time.Unix(0, last).UTC()
	}
	if fates := s.Handled + s.Dropped + s.Coalesced + s.Filtered + s.Duplicates; fates < s.Received {
		s.Pending = s.Received - fates
	}
}

// read returns the counts, and their sum.
func (l *lanes) read() (byLane map[events.Priority]uint64, total uint64) {
	byLane = make(map[events.Priority]uint64, len(l))
	for lane := range l {
		n := l[lane].Load()
		total += n
		if lane != int(events.AnyPriority) || n > 0 {
			byLane[events.Priority(lane)] = n
		}
	}
	return byLane, total
}

// byType reads one count of each type, and their sum.
func (c *Counters) byType(counts *slots, field func(*flow) *atomic.Uint64) (map[events.Type]uint64, uint64) {
	byType, total := make(map[events.Type]uint64, len(known)), uint64(0)
	for i, t := range known {
		if n := counts.load(i); n > 0 {
			byType[t] = n
			total += n
		}
	}
	c.unknown.each(func(name string, cell *flow) {
		if n := field(cell).Load(); n > 0 {
			byType[events.Type(name)] = n
			total += n
		}
	})
	return byType, total
}

// transports reads the counts of connections, the later of two things first.
func (c *Counters) transports(s *Snapshot) {
	s.Transports = make(map[fallback.Transport]Link, len(c.links))
	for i := range c.links {
		var (
			t = fallback.Transport(i)
			l = &c.links[i]
			k Link
		)
		k.EndedBy, k.Disconnects = l.disconnects.sum()
		k.Connects = l.connects.Load()
		k.FailedBy, k.DialFailures = l.failures.sum()
		k.Dials = l.dials.Load()
		k.Bytes = l.bytes.Load()
		k.Open = k.Connects - min(k.Connects, k.Disconnects)
		if t != fallback.None || k.Dials+k.Disconnects+k.Bytes > 0 {
			s.Transports[t] = k
		}
		for to := range c.jumps[i] {
			if n := c.jumps[i][to].Load(); n > 0 {
				s.Promotions = append(s.Promotions, Promotion{From: t, To: fallback.Transport(to), Count: n})
			}
		}
	}
}
