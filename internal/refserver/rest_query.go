package refserver

import (
	"net/url"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

// queryPairs reads a raw query as a node does: pairs in order, "+" for a space, and
// an escape that is none stays as it is. The first error wins, so the order
// counts.
func queryPairs(raw string, field func(name, value string) (cause string)) (cause string) {
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		if cause := field(unescapeForm(name), unescapeForm(value)); cause != "" {
			return cause
		}
	}
	return ""
}

// unescapeForm decodes one name or value.
func unescapeForm(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return strings.ReplaceAll(s, "+", " ")
}

// queryFields reads the named fields of a query into a map; others are ignored, a
// repeated one is an error.
func queryFields(raw string, names ...string) (found map[string]string, cause string) {
	found = make(map[string]string)
	cause = queryPairs(raw, func(name, value string) string {
		for _, want := range names {
			if name != want {
				continue
			}
			if _, twice := found[name]; twice {
				return "duplicate field `" + name + "`"
			}
			found[name] = value
			if name == "limit" {
				_, cause := parseLimit(value)
				return cause
			}
		}
		return ""
	})
	return found, cause
}

const maxPage = 1000 // messages on a page, and ids in a bulk request

// parseLimit reads the size of a page, at most maxPage.
func parseLimit(s string) (limit int, cause string) {
	s = strings.TrimPrefix(s, "+")
	if s == "" {
		return 0, "cannot parse integer from empty string"
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, "invalid digit found in string"
		}
	}
	const digits = 20 // of the largest number that fits a node's usize
	s = strings.TrimLeft(s, "0")
	if len(s) > digits || len(s) == digits && s > "18446744073709551615" {
		return 0, "number too large to fit in target type"
	}
	for _, c := range []byte(s) {
		limit = min(10*limit+int(c-'0'), maxPage)
	}
	return limit, ""
}

// parseTime reads RFC 3339 as a node does: the letters may be small, and a
// space may stand for the T.
func parseTime(s string) (time.Time, bool) {
	b := []byte(s)
	if len(b) > 10 && (b[10] == 't' || b[10] == ' ') {
		b[10] = 'T'
	}
	if last := len(b) - 1; last > 0 && b[last] == 'z' {
		b[last] = 'Z'
	}
	t, err := time.Parse(time.RFC3339, string(b))
	return t, err == nil
}

// parseID reads a message id: 64 hex digits of either case.
func parseID(s string) (id string, ok bool) {
	if len(s) != ledger.IDLen {
		return "", false
	}
	for _, c := range []byte(s) {
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return "", false
		}
	}
	return strings.ToLower(s), true
}
