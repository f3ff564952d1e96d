package metrics

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// prefix begins the name of every metric.
const prefix = "adic_client_"

// WritePrometheus writes s in the text format 0.0.4 of Prometheus, whose media type
// is "text/plain; version=0.0.4; charset=utf-8". Every metric begins with
// adic_client_, times are in seconds, the order is always the same. A label value
// appears when it has been counted for the first time; lanes and transports are
// always there. The only error is that of w.
func (s Snapshot) WritePrometheus(w io.Writer) error {
	var f families
	s.writeEvents(&f)
	s.writeHandlers(&f)
	s.writeConnections(&f)
	s.writeRepair(&f)
	_, err := w.Write(f.buf.Bytes())
	return err
}

// writeEvents writes what is counted of events.
func (s Snapshot) writeEvents(f *families) {
	f.begin("events_received_total", "counter", "Event frames read, beats included, before any filter.")
	samples(f, "type", s.ByType)
	f.begin("events_handled_total", "counter", "Events whose handlers have returned.")
	samples(f, "type", s.HandledByType)
	f.begin("events_dropped_total", "counter", "Events thrown away by full lanes.")
	samples(f, "lane", s.DroppedByLane)
	f.begin("events_coalesced_total", "counter", "Events that a later one of their type took the place of in a lane.")
	samples(f, "lane", s.CoalescedByLane)
	f.single("events_filtered_total", "counter", "Events that no subscription selects.", s.Filtered)
	f.single("events_duplicate_total", "counter", "Facts that had been passed on before.", s.Duplicates)
	f.single("events_unknown_total", "counter", "Events received of types that are not in the catalogue.", s.Unknown)
	f.single("events_pending", "gauge", "Events received that have met no fate yet.", s.Pending)
	f.single("event_bytes_total", "counter", "Bytes of the event frames read.", s.EventBytes)
	f.begin("last_event_timestamp_seconds", "gauge", "When the last event frame was read, 0 before the first.")
	last := 0.0
	if !s.LastEventTime.IsZero() {
		last = float64(s.LastEventTime.UnixMilli()) / 1000
	}
	f.sample("", float(last))
	f.begin("gaps_total", "counter", "Episodes in which events may have been missed.")
	samples(f, "cause", s.Gaps)
}

// writeHandlers writes what is counted of handlers and of what could not be read.
func (s Snapshot) writeHandlers(f *families) {
	f.begin("handler_seconds", "histogram", "How long the handlers of an event took together.")
	for _, bucket := range s.HandlerTime.Buckets {
		f.sample("_bucket", whole(bucket.Count), "le", seconds(bucket.Bound))
	}
	f.sample("_bucket", whole(s.HandlerTime.Count), "le", "+Inf")
	f.sample("_sum", seconds(s.HandlerTime.Total))
	f.sample("_count", whole(s.HandlerTime.Count))
	s.writeSlow(f)
	f.single("handler_errors_total", "counter", "Handlers that returned an error.", s.HandlerErrors)
	f.single("handler_panics_total", "counter", "Handlers that panicked.", s.HandlerPanics)
	f.single("decode_errors_total", "counter", "Payloads that were not what their type promises.", s.DecodeErrors)
	f.begin("garbage_total", "counter", "Frames that could not be understood.")
	samples(f, "reason", s.Garbage)
}

// writeConnections writes what is counted of connections.
func (s Snapshot) writeConnections(f *families) {
	f.begin("connection_status", "gauge", "1 for the state and transport of now.")
	f.sample("", "1", "status", s.ConnectionStatus, "transport", s.Transport.String())
	f.single("reconnections_total", "counter", "Connections that came after one that was lost.", s.Reconnections)
	f.single("polls_total", "counter", "Completed polls.", s.Polls)
	f.begin("promotions_total", "counter", "Better transports that took the place of a running one.")
	for _, p := range s.Promotions {
		f.sample("", whole(p.Count), "from", p.From.String(), "to", p.To.String())
	}
	f.begin("failovers_total", "counter", "Connections to another endpoint that took the place of one, returns to the preferred one included.")
	samples(f, "endpoint", s.Failovers)
	s.perTransport(f, "dials_total", "counter", "Attempts to connect.", func(k Link) uint64 { return k.Dials })
	s.perReason(f, "dial_failures_total", "Attempts that led to no usable connection.", func(k Link) map[string]uint64 { return k.FailedBy })
	s.perTransport(f, "connects_total", "counter", "Connections that became usable.", func(k Link) uint64 { return k.Connects })
	s.perReason(f, "disconnects_total", "Usable connections that ended.", func(k Link) map[string]uint64 { return k.EndedBy })
	s.perTransport(f, "connections", "gauge", "Usable connections of now.", func(k Link) uint64 { return k.Open })
	s.perTransport(f, "received_bytes_total", "counter", "Bytes received, event frames or not.", func(k Link) uint64 { return k.Bytes })
}

// perTransport writes one sample for each transport.
func (s Snapshot) perTransport(f *families, name, kind, help string, value func(Link) uint64) {
	f.begin(name, kind, help)
	for _, t := range slices.Sorted(maps.Keys(s.Transports)) {
		f.sample("", whole(value(s.Transports[t])), "transport", t.String())
	}
}

// perReason writes one counter for each transport and reason.
func (s Snapshot) perReason(f *families, name, help string, value func(Link) map[string]uint64) {
	f.begin(name, "counter", help)
	for _, t := range slices.Sorted(maps.Keys(s.Transports)) {
		samples(f, "reason", value(s.Transports[t]), "transport", t.String())
	}
}

// samples writes one sample for each key, in the order of the keys.
func samples[K cmp.Ordered](f *families, key string, values map[K]uint64, labels ...string) {
	for _, k := range slices.Sorted(maps.Keys(values)) {
		f.sample("", whole(values[k]), append(labels, key, fmt.Sprint(k))...)
	}
}

// families writes metric families one after the other.
type families struct {
	buf  bytes.Buffer
	name string // of the family begun last
}

// begin starts a family.
func (f *families) begin(name, kind, help string) {
	f.name = prefix + name
	fmt.Fprintf(&f.buf, "# HELP %s %s\n# TYPE %s %s\n", f.name, help, f.name, kind)
}

// single writes a family of one sample.
func (f *families) single(name, kind, help string, value uint64) {
	f.begin(name, kind, help)
	f.sample("", whole(value))
}

// sample writes one line of the family; labels are names and values in turn.
func (f *families) sample(suffix, value string, labels ...string) {
	f.buf.WriteString(f.name + suffix)
	for i := 0; i+1 < len(labels); i += 2 {
		f.buf.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&f.buf, `%s="%s"`, labels[i], escape.Replace(labels[i+1]))
	}
	if len(labels) > 0 {
		f.buf.WriteByte('}')
	}
	f.buf.WriteString(" " + value + "\n")
}

// escape is how the format writes label values.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// whole writes a count.
func whole(n uint64) string { return strconv.FormatUint(n, 10) }

// seconds writes a duration in the base unit.
func seconds(d time.Duration) string { return float(d.Seconds()) }

// float writes a float in the shortest form that is exact.
func float(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
