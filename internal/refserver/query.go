package refserver

import "strings"

// A query is what the streams understand of a request's query. Fields that are
// not there are nil.
type query struct {
	events, priority, heartbeat *string
}

// parseQuery reads the query of a stream as a node's deserializer does: what it
// does not know is ignored, what it knows may come once, and heartbeat, which
// only SSE knows, must be true or false. The cause is empty if all is well.
func (d Dialect) parseQuery(raw string, sse bool) (q query, cause string) {
	cause = queryPairs(raw, func(name, value string) string {
		var field **string
		switch {
		case name == "events":
			field = &q.events
		case name == "priority":
			field = &q.priority
		case name == "heartbeat" && sse:
			field = &q.heartbeat
			if d == Node && value != "true" && value != "false" {
				return "provided string was not `true` or `false`"
			}
		default:
			return ""
		}
		if *field != nil {
			return "duplicate field `" + name + "`"
		}
		*field = &value
		return ""
	})
	return q, cause
}

// quiet reports whether the request asked a server of the guide dialect for a
// stream without heartbeats. A node sends them whatever it was asked.
func (q query) quiet() bool {
	return q.heartbeat != nil && (*q.heartbeat == "false" || *q.heartbeat == "0")
}

// names splits a list at its commas and trims the parts. The empty list has one
// name, the empty one.
func names(list string) []string {
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
