package wire

import (
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// timestamp returns the time that raw stands for: seconds (a node's way),
// milliseconds, or RFC 3339 in a string (the guide's way). It is zero if raw is
// nil or none of these.
//
// The form is decided by events.Timestamp, so that the time of an envelope is
// always that of its payload; a node's plain seconds are read here.
func timestamp(raw []byte) time.Time {
	if raw == nil {
		return time.Time{}
	}
	if seconds, ok := plainSeconds(raw); ok {
		return time.Unix(seconds, 0).UTC()
	}
	var t events.Timestamp
	if t.UnmarshalJSON(raw) != nil {
		return time.Time{}
	}
	return t.Time
}

// plainSeconds reads a positive whole number of at most ten digits: too few for
// milliseconds.
func plainSeconds(raw []byte) (int64, bool) {
	if len(raw) > 10 || raw[0] == '0' {
		return 0, false
	}
	var n int64
	for _, c := range raw {
		if c-'0' > 9 {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}
