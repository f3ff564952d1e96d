package refserver

import (
	"slices"
	"strings"

	"github.com/adic/adic-go/subscription/events"
)

// all is the name that stands for every event.
const all = "all"

// A filter selects the events of one connection: names AND lanes. The lanes
// cannot be changed while it lives.
type filter struct {
	names map[string]bool // with all among them: every event
	lanes [lanes]bool
}

func (f *filter) match(e *frame) bool {
	return f.lanes[e.lane] && (f.names[all] || f.names[e.name])
}

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, n := range names {
		s[n] = true
	}
	return s
}

// nodeFilter makes the filter of a query as a node does. It takes any name, and
// those that are not exactly a dotted name never match.
func nodeFilter(q query) *filter {
	f := &filter{names: set(all), lanes: [lanes]bool{true, true, true}}
	if q.events != nil {
		f.names = set(names(*q.events)...)
	}
	if q.priority != nil {
		if at := slices.Index(spellings, strings.ToLower(*q.priority)); at >= 0 {
			f.lanes = [lanes]bool{at == 0, at == 1, at == 2}
		}
	}
	return f
}

// spellings are those of the lanes.
var spellings = []string{events.High.String(), events.Medium.String(), events.Low.String()}

// priorities are the lanes.
var priorities = [lanes]events.Priority{events.High, events.Medium, events.Low}

// nodeSubscribe is a node's answer to Subscribe: the first command replaces
// "all" by what it lists, and "all" in a list counts for nothing. So
// subscribing to "all" while on "all" leaves nothing.
func (f *filter) nodeSubscribe(list []string) {
	if f.names[all] {
		f.names = set()
	}
	for _, name := range list {
		if name != all {
			f.names[name] = true
		}
	}
}

// nodeUnsubscribe is a node's answer to Unsubscribe: when nothing is left, that
// turns into "all".
func (f *filter) nodeUnsubscribe(list []string) {
	for _, name := range list {
		delete(f.names, name)
	}
	if len(f.names) == 0 {
		f.names = set(all)
	}
}

// A catalogue is what a server of the guide dialect knows: its names, in order.
type catalogue []string

func newCatalogue(types []events.Type) catalogue {
	c := make(catalogue, len(types))
	for i, t := range types {
		c[i] = string(t)
	}
	return c
}

// split parts a list into the names that the server knows, and "all", and the
// others.
func (c catalogue) split(list []string) (known, unknown []string) {
	known = []string{}
	for _, name := range list {
		if name == all || slices.Contains(c, name) {
			known = append(known, name)
		} else {
			unknown = append(unknown, name)
		}
	}
	return known, unknown
}

// guideFilter makes the filter of a query as the guide describes it: variant
// names, and any number of priorities. It returns the names that it subscribed
// to and those that the server does not know, priorities included.
func (c catalogue) guideFilter(q query) (f *filter, known, unknown []string) {
	f = &filter{lanes: [lanes]bool{true, true, true}}
	list := []string{all}
	if q.events != nil && strings.TrimSpace(*q.events) != "" {
		list = names(*q.events)
	}
	known, unknown = c.split(list)
	f.names = set(known...)
	if q.priority == nil || strings.TrimSpace(*q.priority) == "" {
		return f, known, unknown
	}
	var chosen [lanes]bool
	for _, name := range names(strings.ToLower(*q.priority)) {
		at := slices.Index(spellings, name)
		switch {
		case name == all:
			return f, known, unknown
		case at < 0:
			unknown = append(unknown, name)
		default:
			chosen[at] = true
		}
	}
	if chosen != [lanes]bool{} {
		f.lanes = chosen
	}
	return f, known, unknown
}

// guideSubscribe adds names; it does what one expects.
func (f *filter) guideSubscribe(known []string) {
	for _, name := range known {
		f.names[name] = true
	}
}

// guideUnsubscribe takes names away, from "all" as well. When nothing is left,
// nothing comes.
func (c catalogue) guideUnsubscribe(f *filter, known []string) {
	if slices.Contains(known, all) {
		f.names = set()
		return
	}
	if f.names[all] && len(known) > 0 {
		f.names = set(c...)
	}
	for _, name := range known {
		delete(f.names, name)
	}
}
