package events

import (
	"fmt"
	"strconv"
	"strings"
)

// longestName bounds what ParseType looks at and repeats: the longest known
// spelling has 33 bytes.
const longestName = 64

// byName finds a type by either spelling.
var byName = func() map[string]Type {
	m := make(map[string]Type, 2*len(catalogue))
	for _, r := range catalogue {
		m[string(r.kind)] = r.kind
		m[r.name] = r.kind
	}
	return m
}()

// ParseType returns the type that s names, in either spelling: "TipsUpdated" or
// "tips.update". The case must match, as it must on a server.
//
// The error is an *UnknownTypeError. Type(s) makes a type that the SDK does not
// know.
func ParseType(s string) (Type, error) {
	if t, ok := byName[s]; ok {
		return t, nil
	}
	return "", &UnknownTypeError{Name: clip(s, longestName), Suggestion: nearest(s)}
}

// An UnknownTypeError says that a name is not that of a known type, in either
// spelling.
type UnknownTypeError struct {
	Name       string // as given, its first 64 bytes
	Suggestion string // the known spelling that is nearest to it; "" if none is near
}

// Error names the near miss, and where the list is if there is none.
func (e *UnknownTypeError) Error() string {
	if e.Suggestion == "" {
		return fmt.Sprintf("events: unknown type %s: want one of the %d of events.Types, such as `%s` or `%s`",
			quote(e.Name), len(catalogue), catalogue[0].kind, catalogue[0].name)
	}
	return fmt.Sprintf("events: unknown type %s: did you mean `%s`?", quote(e.Name), e.Suggestion)
}

// quote puts s in back quotes, or in double quotes with escapes if it has
// anything that would not show.
func quote(s string) string {
	if strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// clip returns the first limit bytes of s, and a sign if that is not all.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// nearest returns the spelling to suggest for s, "" if none is near: the type
// that one of its spellings is the fewest edits away from, case and separators
// aside, and a third of s at most. It is spelled as s is, with a dot if s has one.
func nearest(s string) string {
	if len(s) > longestName {
		return ""
	}
	folded := fold(s)
	var best *row
	fewest := len(folded)/3 + 1
	for i := range catalogue {
		r := &catalogue[i]
		n := min(distance(folded, fold(string(r.kind))), distance(folded, fold(r.name)))
		if n < fewest {
			best, fewest = r, n
		}
	}
	switch {
	case best == nil:
		return ""
	case strings.Contains(s, "."):
		return best.name
	default:
		return string(best.kind)
	}
}

// fold returns the letters and digits of s in lower case: what is left of a
// name when its spelling is taken away.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > '~':
			return r
		default:
			return -1
		}
	}, s)
}

// distance counts the edits that turn a into b: a letter inserted, removed or
// replaced, or two neighbours swapped.
func distance(a, b string) int {
	var rows [3][longestName + 1]int // b is a known spelling
	before, last, now := rows[0][:len(b)+1], rows[1][:len(b)+1], rows[2][:len(b)+1]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
