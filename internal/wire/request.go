package wire

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/adic/adic-go/subscription/events"
)

// Spelling is how event types are named towards a server. A node knows the
// dotted names and lets any other name match nothing, without a word. A server
// built from the guide knows the variant names of eight types, and may refuse a
// request that holds any other name.
type Spelling uint8

// The spellings, in the order in which they are tried.
const (
	Both      Spelling = iota // "TipsUpdated,tips.update"
	Variant                   // "TipsUpdated"
	Dotted                    // "tips.update"
	GuideOnly                 // "TipsUpdated", of the guide's eight types only
)

// Next returns the spelling to try when a server has refused s, false after the
// last.
func (s Spelling) Next() (Spelling, bool) {
	if s >= GuideOnly {
		return s, false
	}
	return s + 1, true
}

// offered reports whether t can be asked for in spelling s.
func (s Spelling) offered(t events.Type) bool {
	if t == events.TypeGap {
		return false // made by the SDK, no server has it
	}
	return s != GuideOnly || t.InGuide()
}

// Query returns the query of a stream's URL that asks for types: "events=all"
// for nil. There is no "?" before it, commas stay as they are, the names are
// escaped. Types that the SDK does not know are named as they are.
//
// If nothing is left to ask for, it asks for the witnesses: an empty filter is
// refused by one dialect, and in the other the connection would hear nothing
// and keep its slot on the server for ever.
//
// It never has a priority: a node understands one or none, and would hold back
// its beats.
func Query(types []events.Type, s Spelling) string {
	if types == nil {
		return "events=all"
	}
	list := names(types, s)
	for i := range list {
		list[i] = url.QueryEscape(list[i])
	}
	return "events=" + strings.Join(list, ",")
}

// Missing returns those of types that a server asked in spelling s is not asked
// for, because it does not offer them: with GuideOnly all but the guide's eight,
// each once, otherwise none.
func Missing(types []events.Type, s Spelling) []events.Type {
	var missing []events.Type
	for _, t := range types {
		t = canonical(t)
		if t != events.TypeGap && !s.offered(t) && !slices.Contains(missing, t) {
			missing = append(missing, t)
		}
	}
	return missing
}

// Subscribe returns the frame that adds types to the set of a live WebSocket.
//
// Nil names all the types that the SDK knows, each by its own name: the word
// "all" would silence a node. On a connection that was opened for all, naming
// any type narrows a node's set to what is named.
func Subscribe(types []events.Type, s Spelling) []byte { return command("Subscribe", types, s) }

// Unsubscribe returns the frame that takes types out of the set of a live
// WebSocket, all the known ones for nil.
//
// Taking out the last one turns a node's set into all. So it is no way to go on
// with nothing, but it is how to leave: the next event then frees the
// connection's slot.
func Unsubscribe(types []events.Type, s Spelling) []byte { return command("Unsubscribe", types, s) }

// Ping returns the frame that is answered by a Pong. Sent right after the
// upgrade, a node's Pong says that the subscription is in place.
func Ping() []byte { return []byte(`{"type":"Ping"}`) }

// command returns the frame of a command with names.
func command(kind string, types []events.Type, s Spelling) []byte {
	if types == nil {
		types = events.Types()
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(struct { //nolint:errchkjson // strings only, into memory
		Type   string   `json:"type"`
		Events []string `json:"events"`
	}{kind, names(types, s)})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// names returns how types are named in spelling s, each name once, in the order
// of types; the names of the witnesses if that would be none.
func names(types []events.Type, s Spelling) []string {
	list := make([]string, 0, 2*len(types))
	seen := make(map[string]bool, 2*len(types))
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	for _, t := range types {
		t = canonical(t)
		if !s.offered(t) {
			continue
		}
		if s != Dotted {
			add(string(t))
		}
		if s == Both || s == Dotted {
			add(t.Name())
		}
	}
	if len(list) == 0 {
		return names(Witnesses(), s)
	}
	return list
}

// canonical returns the type that t names in either spelling, t itself if the
// SDK does not know it.
func canonical(t events.Type) events.Type {
	if k, ok := known[string(t)]; ok {
		return k
	}
	return t
}
