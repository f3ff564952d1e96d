package metrics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/adic/adic-go/fallback"
)

// String returns s for people: a line each for the connection, the events, the
// handlers and every transport that was used, then one for each type of event. What
// is zero and would be no news is left out.
func (s Snapshot) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "connection: %s", s.ConnectionStatus)
	if s.Transport != fallback.None {
		fmt.Fprintf(&b, " (%s)", s.Transport)
	}
	b.WriteString(counts(", ", count{s.Reconnections, "reconnection", "s"}, count{s.Polls, "poll", "s"}))
	for _, p := range s.Promotions {
		fmt.Fprintf(&b, ", %d from %s up to %s", p.Count, p.From, p.To)
	}
	if len(s.Failovers) > 0 {
		b.WriteString("\nfailovers: " + list(s.Failovers))
	}
	fmt.Fprintf(&b, "\nevents: %d received (%d bytes), %d handled", s.Received, s.EventBytes, s.Handled)
	b.WriteString(counts(", ",
		count{s.Dropped, "dropped", ""}, count{s.Coalesced, "coalesced", ""}, count{s.Filtered, "filtered", ""}, count{s.Duplicates, "duplicate", "s"},
		count{s.Pending, "pending", ""}, count{s.Unknown, "of unknown types", ""}))
	if !s.LastEventTime.IsZero() {
		fmt.Fprintf(&b, ", the last at %s", s.LastEventTime.Format(time.RFC3339))
	}
	if s.Dropped > 0 {
		b.WriteString("\ndropped by lane: " + list(s.DroppedByLane))
	}
	if s.Coalesced > 0 {
		b.WriteString("\ncoalesced by lane: " + list(s.CoalescedByLane))
	}
	fmt.Fprintf(&b, "\nhandlers: %s on average, %s at most", s.HandlerTime.Mean(), s.HandlerTime.Max)
	b.WriteString(counts(", ",
		count{s.HandlerErrors, "error", "s"}, count{s.HandlerPanics, "panic", "s"}, count{s.DecodeErrors, "decode error", "s"}))
	if len(s.SlowHandlers) > 0 {
		b.WriteString("\nslow handlers: " + slowText(s.SlowHandlers))
	}
	if len(s.Gaps) > 0 {
		b.WriteString("\ngaps: " + list(s.Gaps))
	}
	if line := s.Repair.String(); line != "" {
		b.WriteString("\nrepair: " + line)
	}
	if len(s.Garbage) > 0 {
		b.WriteString("\ngarbage: " + list(s.Garbage))
	}
	for _, t := range slices.Sorted(maps.Keys(s.Transports)) {
		if line := s.Transports[t].String(); line != "" {
			fmt.Fprintf(&b, "\n%s: %s", t, line)
		}
	}
	for _, t := range slices.Sorted(maps.Keys(s.ByType)) {
		fmt.Fprintf(&b, "\n  %-24s %d", label(string(t)), s.ByType[t])
	}
	return b.String()
}

// String returns k for people, "" if nothing was counted.
func (k Link) String() string {
	parts := counts("", count{k.Dials, "dial", "s"})
	if k.DialFailures > 0 {
		parts += fmt.Sprintf(", %d failed (%s)", k.DialFailures, list(k.FailedBy))
	}
	parts += counts(", ", count{k.Connects, "connected", ""})
	if k.Disconnects > 0 {
		parts += fmt.Sprintf(", %d ended (%s)", k.Disconnects, list(k.EndedBy))
	}
	parts += counts(", ", count{k.Bytes, "byte", "s"})
	return strings.TrimPrefix(parts, ", ")
}

// count is a number with its name, and what to add to the name unless it is one.
type count struct {
	n      uint64
	name   string
	plural string
}

// counts writes those of cs that are not zero, each after a separator.
func counts(separator string, cs ...count) string {
	var b strings.Builder
	for _, c := range cs {
		switch c.n {
		case 0:
		case 1:
			fmt.Fprintf(&b, "%s1 %s", separator, c.name)
		default:
			fmt.Fprintf(&b, "%s%d %s%s", separator, c.n, c.name, c.plural)
		}
	}
	return b.String()
}

// list writes counts by name, in the order of the names.
func list[K cmp.Ordered](byName map[K]uint64) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s: %d", label(fmt.Sprint(name)), byName[name])
	}
	return b.String()
}

// label returns name with quotes and escapes if it has anything that would not show
// or would break the line.
func label(name string) string {
	if quoted := fmt.Sprintf("%+q", name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}
