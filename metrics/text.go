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
	b.WriteString(counts(", ", count{"reconnections", s.Reconnections}, count{"polls", s.Polls}))
	for _, p := range s.Promotions {
		fmt.Fprintf(&b, ", %d from %s up to %s", p.Count, p.From, p.To)
	}
	fmt.Fprintf(&b, "\nevents: %d received (%d bytes), %d handled", s.Received, s.EventBytes, s.Handled)
	b.WriteString(counts(", ",
		count{"dropped", s.Dropped}, count{"filtered", s.Filtered}, count{"duplicate", s.Duplicates},
		count{"pending", s.Pending}, count{"of unknown types", s.Unknown}))
	if !s.LastEventTime.IsZero() {
		fmt.Fprintf(&b, ", the last at %s", s.LastEventTime.Format(time.RFC3339))
	}
	if s.Dropped > 0 {
		b.WriteString("\ndropped by lane: " + list(s.DroppedByLane))
	}
	fmt.Fprintf(&b, "\nhandlers: %s on average, %s at most", s.HandlerTime.Mean(), s.HandlerTime.Max)
	b.WriteString(counts(", ",
		count{"errors", s.HandlerErrors}, count{"panics", s.HandlerPanics}, count{"decode errors", s.DecodeErrors}))
	if len(s.Gaps) > 0 {
		b.WriteString("\ngaps: " + list(s.Gaps))
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
	parts := counts("", count{"dials", k.Dials})
	if k.DialFailures > 0 {
		parts += fmt.Sprintf(", %d failed (%s)", k.DialFailures, list(k.FailedBy))
	}
	parts += counts(", ", count{"connected", k.Connects})
	if k.Disconnects > 0 {
		parts += fmt.Sprintf(", %d ended (%s)", k.Disconnects, list(k.EndedBy))
	}
	parts += counts(", ", count{"bytes", k.Bytes})
	return strings.TrimPrefix(parts, ", ")
}

// count is a number with its name.
type count struct {
	name string
	n    uint64
}

// counts writes those of cs that are not zero, each after a separator.
func counts(separator string, cs ...count) string {
	var b strings.Builder
	for _, c := range cs {
		if c.n > 0 {
			fmt.Fprintf(&b, "%s%d %s", separator, c.n, c.name)
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
		fmt.Fprintf(&b, "%s %d", label(fmt.Sprint(name)), byName[name])
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
