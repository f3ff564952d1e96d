package client

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/adic/adic-go/fallback"
)

// Clock names what a Health was judged by.
type Clock uint8

// The clocks, from the weakest proof to the strongest.
const (
	ClockNone  Clock = iota // the state alone: nothing is connected
	ClockFrame              // any sign of life: is the link alive?
	ClockEvent              // any event, or a finished poll: does the server speak?
	ClockBeat               // the node's regular events: is the node alive?
)

// String returns "state", "frame", "event" or "beat".
func (c Clock) String() string {
	switch c {
	case ClockNone:
		return "state"
	case ClockFrame:
		return "frame"
	case ClockEvent:
		return "event"
	case ClockBeat:
		return "beat"
	default:
		return invalid
	}
}

// MarshalText encodes the clock as String does.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Health answers one question: can the application trust its view? It is a
// snapshot; see OK for the rule. Times are this host's clock, zero for never.
type Health struct {
	At        time.Time          // when the snapshot was taken
	State     State              // what the manager is doing
	Transport fallback.Transport // by which transport; None while nothing is tried
	Endpoint  string             // the URL of the node that is tried or used, without credentials; empty while none is
	Since     time.Time          // when State began
	RetryAt   time.Time          // the next try, if State is Waiting

	LastFrame  time.Time // any sign of life: frame, pong, comment, answer
	LastEvent  time.Time // any event frame, before all filters, or a finished poll
	LastWanted time.Time // the last event that a subscription matched; a figure, not judged
	LastBeat   time.Time // the last regular event of a node; zero where there are none
	LastTips   time.Time // the last TipsUpdated, the beat of the high lane; not judged
	LastKCore  time.Time // the last KCoreUpdated, the beat of the medium lane; not judged
	StaleSince time.Time // since when a node says nothing although the connection is up; zero: it speaks
	JudgedBy   Clock     // what OK looked at last

	InSyncSince time.Time // since when all is known that the node shows, and nothing has disturbed that; zero: it is not
	OpenGaps    int       // episodes that are not over; see Gaps
	Owed        int       // facts that are known, and no handler was given yet
	NotFinal    int       // known messages that are not final, as of the last pass
	Unexplained int64     // messages that the node counts as final and did not show, as of the last pass or the last that was found
	Late        uint64    // messages below the horizon that were passed over, as of the last pass

	Err error // why the last attempt or connection ended, nil while Connected

	maxAge time.Duration
}

// EventAge is the time from LastEvent to now, or from the beginning of the
// state if there was no event yet.
func (h Health) EventAge(now time.Time) time.Duration { return h.age(h.LastEvent, now) }

// FrameAge is the time from LastFrame to now, or from the beginning of the
// state if there was no frame yet.
func (h Health) FrameAge(now time.Time) time.Duration { return h.age(h.LastFrame, now) }

func (h Health) age(last, now time.Time) time.Duration {
	if last.IsZero() {
		last = h.Since
	}
	return now.Sub(last)
}

// OK reports, as of the snapshot, whether the view can be trusted: a stream is
// usable, its last event is no older than Options.MaxEventAge, and, where the
// node sends beats, so is the last beat. An idle chain is OK on polling, where a
// finished poll counts as an event, and so is the user of one rare type: beats
// count before any filter.
func (h Health) OK() bool {
	if !h.StaleSince.IsZero() {
		return false
	}
	switch h.JudgedBy {
	case ClockNone:
		return false
	case ClockFrame:
		return true // the transport ends a stream whose link is dead
	case ClockBeat:
		if h.At.Sub(h.LastBeat) > h.maxAge {
			return false
		}
	case ClockEvent:
	}
	return h.EventAge(h.At) <= h.maxAge
}

// Health returns a snapshot. It never blocks; it may be called at any time, from
// anywhere.
func (m *ConnectionManager) Health() Health {
	s := m.machine.now.Load()
	c := m.current.Load()
	h := Health{
		State: s.To, Transport: s.Transport, Endpoint: s.Endpoint, Since: s.At, RetryAt: s.RetryAt, Err: s.Err,
		LastFrame: m.clocks.read(&m.clocks.frame), LastEvent: m.clocks.read(&m.clocks.event),
		LastWanted: m.clocks.read(&m.clocks.wanted), LastBeat: m.clocks.read(&m.clocks.beat),
		maxAge: m.opts.MaxEventAge,
	}
	h.LastTips, h.LastKCore = m.clocks.read(&m.clocks.tips), m.clocks.read(&m.clocks.kcore)
	h.StaleSince = m.life.staleSince()
	m.repaired(&h)
	if c != nil {
		if at := c.stream.LastFrame(); at.After(h.LastFrame) {
			h.LastFrame = at
		}
	}
	if last := m.failure.Load(); h.Err == nil && h.State != Connected && last != nil {
		h.Err = *last
	}
	h.JudgedBy = judge(&h, c)
	h.At = time.Now() // last, so that no age is negative
	return h
}

// repaired adds what is known of completeness.
func (m *ConnectionManager) repaired(h *Health) {
	if f := m.figures.Load(); f != nil {
		h.NotFinal, h.Unexplained, h.Late = f.Open, f.Unexplained, f.Late
	}
	if since := m.synced.Load(); since != nil && h.State == Connected {
		h.InSyncSince = *since
	}
	h.OpenGaps = m.queue.ledger.opened()
	h.Owed = m.owed()
}

// judge names the strongest clock that c has: beats of the connection before it
// say nothing.
func judge(h *Health, c *connection) Clock {
	switch {
	case h.State != Connected:
		return ClockNone
	case !h.StaleSince.IsZero():
		return ClockBeat
	case h.maxAge < 0:
		return ClockFrame
	case c != nil && h.Transport != fallback.Polling && h.LastBeat.After(c.opened):
		return ClockBeat
	default:
		return ClockEvent
	}
}

// MarshalJSON encodes what an operator wants to see: the verdict, the state,
// ages in seconds (null for never) and the last error.
func (h Health) MarshalJSON() ([]byte, error) {
	seconds := func(at time.Time) *float64 {
		if at.IsZero() {
			return nil
		}
		age := h.At.Sub(at).Seconds()
		return &age
	}
	out := struct {
		OK          bool       `json:"ok"`
		State       State      `json:"state"`
		Transport   string     `json:"transport"`
		Endpoint    string     `json:"endpoint,omitempty"`
		JudgedBy    Clock      `json:"judged_by"`
		Since       *float64   `json:"state_age_seconds"`
		RetryAt     *time.Time `json:"retry_at,omitempty"`
		Frame       *float64   `json:"frame_age_seconds"`
		Event       *float64   `json:"event_age_seconds"`
		Wanted      *float64   `json:"wanted_event_age_seconds"`
		Beat        *float64   `json:"beat_age_seconds"`
		Tips        *float64   `json:"tips_age_seconds"`
		KCore       *float64   `json:"kcore_age_seconds"`
		Stale       *float64   `json:"stale_seconds"`
		InSync      *float64   `json:"in_sync_seconds"`
		OpenGaps    int        `json:"open_gaps"`
		Owed        int        `json:"owed"`
		NotFinal    int        `json:"not_final"`
		Unexplained int64      `json:"unexplained_finals"`
		Late        uint64     `json:"late"`
		Error       string     `json:"error,omitempty"`
	}{
		OK: h.OK(), State: h.State, Transport: h.Transport.String(), Endpoint: h.Endpoint, JudgedBy: h.JudgedBy,
		Since: seconds(h.Since), Frame: seconds(h.LastFrame), Event: seconds(h.LastEvent),
		Wanted: seconds(h.LastWanted), Beat: seconds(h.LastBeat),
		Tips: seconds(h.LastTips), KCore: seconds(h.LastKCore),
		Stale: seconds(h.StaleSince), InSync: seconds(h.InSyncSince),
		OpenGaps: h.OpenGaps, Owed: h.Owed, NotFinal: h.NotFinal, Unexplained: h.Unexplained, Late: h.Late,
	}
	if !h.RetryAt.IsZero() {
		out.RetryAt = &h.RetryAt
	}
	if h.Err != nil {
		out.Error = h.Err.Error()
	}
	return json.Marshal(out)
}

// A Probe is a question that an orchestrator asks.
type Probe uint8

// The probes.
const (
	Readiness   Probe = iota // can the view be trusted? Health.OK
	Liveness                 // is a restart of no use? Run has not ended; an outage is no reason to restart
	RequireSync              // Readiness, and Health.InSyncSince is set: what was missed has been delivered, too
)

// HealthHandler answers probes over HTTP: 200 or 503, and the Health as JSON.
// Without an argument it is a readiness probe; of several, all must say yes. HEAD is
// answered without a body.
func (m *ConnectionManager) HealthHandler(probes ...Probe) http.Handler {
	probes = slices.Clone(probes)
	if len(probes) == 0 {
		probes = []Probe{Readiness}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := m.Health()
		ok := !slices.ContainsFunc(probes, func(p Probe) bool { return !h.answers(p) })
		body, err := json.Marshal(h)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !ok {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		if r.Method != http.MethodHead {
			_, _ = w.Write(append(body, '\n')) // the prober is gone: nobody to tell
		}
	})
}

// answers reports whether the answer to p is yes.
func (h Health) answers(p Probe) bool {
	switch p {
	case Liveness:
		return h.State != Closed
	case RequireSync:
		return h.OK() && !h.InSyncSince.IsZero()
	case Readiness:
		return h.OK()
	default:
		return false
	}
}
