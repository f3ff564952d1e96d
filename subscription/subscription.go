// Package subscription says which events somebody wants.
//
// A Subscription is plain data: it can be compared, printed and kept in a
// configuration. What a server is asked for is made from the Union of all
// subscriptions, elsewhere; what comes back is held against each by Match, because
// a server may send more than was asked for.
//
// The vocabulary is that of package events beneath it. The package has no state.
package subscription

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/adic/adic-go/subscription/events"
)

// A Subscription selects events: those that Types and Priorities both select. The
// zero Subscription selects all. Gaps are selected always.
//
// A Subscription may be used concurrently as long as nobody modifies its slices.
type Subscription struct {
	// Types lists the types, in either spelling ("TipsUpdated", "tips.update").
	// Nil selects every type, also those that the SDK does not know; a list that
	// is empty but not nil selects none.
	Types []events.Type

	// Priorities lists the priorities. Nil, empty, or a list with
	// events.AnyPriority selects every priority. A type that the SDK does not know
	// counts as events.Medium. It is filtered here and never sent to a server: a
	// node understands one priority at most.
	Priorities []events.Priority
}

// All returns the Subscription that selects every event.
func All() Subscription { return Subscription{} }

// To returns the Subscription that selects the events of these types, in either
// spelling. Nil, which is also what no arguments are, selects all, and an empty
// list none: To(mux.Types()...) is what the handlers of a mux want, be it
// everything or nothing.
func To(types ...events.Type) Subscription {
	return Subscription{Types: slices.Clone(types)}
}

// Match reports whether s selects events of type t, which is in the spelling of
// an envelope.
func (s Subscription) Match(t events.Type) bool {
	if t == events.TypeGap {
		return true
	}
	return s.matchType(t) && s.matchPriority(t)
}

// matchType reports whether Types selects t.
func (s Subscription) matchType(t events.Type) bool {
	return s.Types == nil ||
		slices.Contains(s.Types, t) ||
		slices.Contains(s.Types, events.Type(t.Name()))
}

// matchPriority reports whether Priorities selects t.
func (s Subscription) matchPriority(t events.Type) bool {
	return len(s.Priorities) == 0 ||
		slices.Contains(s.Priorities, t.Lane()) ||
		slices.Contains(s.Priorities, events.AnyPriority)
}

// String returns one line for logs, such as "all", "nothing",
// "TipsUpdated, MessageAdded" or "all of priority high, medium".
func (s Subscription) String() string {
	text := "all"
	if s.Types != nil {
		text = "nothing"
		if len(s.Types) > 0 {
			text = join(s.Types, printable)
		}
	}
	if len(s.Priorities) > 0 && !slices.Contains(s.Priorities, events.AnyPriority) {
		text += " of priority " + join(s.Priorities, events.Priority.String)
	}
	return text
}

// printable returns t, with quotes and escapes if it has anything that would break
// a line.
func printable(t events.Type) string {
	if name := string(t); !strings.ContainsFunc(name, unicode.IsControl) && name != "" {
		return name
	}
	return strconv.Quote(string(t))
}

// join lists items for people.
func join[T any](items []T, text func(T) string) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(text(item))
	}
	return b.String()
}

// Union returns the types to ask a server for so that each of subs gets what it
// selects, without doubles: known ones in the order of the catalogue, then others
// in the order in which they are named. Nil means all, and only that reaches
// everything: types that the SDK does not know cannot be named. So every type of
// priority high is a list, every type of priority medium is nil. It is empty, but
// not nil, if nothing is selected.
func Union(subs ...Subscription) []events.Type {
	wanted := make(map[events.Type]bool)
	var unknown []events.Type
	for _, s := range subs {
		if s.Types == nil && s.matchPriority("") {
			return nil
		}
		for _, t := range s.Types {
			t = normal(t)
			if !t.Known() && t != events.TypeGap && !wanted[t] && s.matchPriority(t) {
				unknown = append(unknown, t)
			}
			wanted[t] = wanted[t] || s.matchPriority(t)
		}
	}
	types := []events.Type{}
	for _, t := range events.Types() {
		if wanted[t] || slices.ContainsFunc(subs, func(s Subscription) bool { return s.Types == nil && s.matchPriority(t) }) {
			types = append(types, t)
		}
	}
	return append(types, unknown...)
}

// normal returns t in the spelling of envelopes.
func normal(t events.Type) events.Type {
	if known, err := events.ParseType(string(t)); err == nil {
		return known
	}
	return t
}
