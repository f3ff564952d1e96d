package refserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// frame puts a payload, a JSON value, into the frames of the dialect:
//
//	node   {"type":"Event","event":{"type":"TipsUpdated","data":{…}}}
//	       event: tips.update␊data: {"type":"TipsUpdated","data":{…}}␊␊
//	guide  {"type":"Event","event":{"type":"TipsUpdated",…}}
//	       event: TipsUpdated␊data: {…}␊␊
func (d Dialect) frame(t events.Type, payload []byte) *frame {
	f := &frame{lane: lane(t), name: string(t)}
	tag := encode(string(t))
	var event, data []byte
	if d == Node {
		f.name = t.Name()
		event = fmt.Appendf(nil, `{"type":%s,"data":%s}`, tag, payload)
		data = event
	} else {
		event = flatten(tag, payload)
		data = payload
	}
	f.text = fmt.Appendf(nil, `{"type":"Event","event":%s}`, event)
	f.sse = fmt.Appendf(nil, "event: %s\ndata: %s\n\n", f.name, data)
	return f
}

// flatten puts the type among the fields of an object. What is no object cannot
// be flattened and goes under "data".
func flatten(tag, payload []byte) []byte {
	fields, isObject := bytes.CutPrefix(payload, []byte("{"))
	switch {
	case !isObject:
		return fmt.Appendf(nil, `{"type":%s,"data":%s}`, tag, payload)
	case bytes.Equal(fields, []byte("}")):
		return fmt.Appendf(nil, `{"type":%s}`, tag)
	default:
		return fmt.Appendf(nil, `{"type":%s,%s`, tag, fields)
	}
}

// payload encodes what a script emits. Bytes and strings are JSON already and
// stay as they are. Any other value is encoded, and said in the dialect's way.
func (d Dialect) payload(value any, now time.Time) ([]byte, error) {
	switch v := value.(type) {
	case json.RawMessage:
		return v, nil
	case []byte:
		return v, nil
	case string:
		return []byte(v), nil
	}
	raw, err := marshal(value)
	if err != nil {
		return nil, fmt.Errorf("refserver: payload %T: %w", value, err)
	}
	return d.adapt(raw, now), nil
}

// adapt rewrites the fields of an object that the dialects spell differently: a
// timestamp in their form, now if there is none, and in the guide's dialect the
// finality types with capitals.
func (d Dialect) adapt(object []byte, now time.Time) []byte {
	var whole map[string]json.RawMessage
	if json.Unmarshal(object, &whole) != nil {
		return object
	}
	if d == Guide {
		if said, ok := finalityTypes[string(whole["finality_type"])]; ok {
			object = bytes.Replace(object, whole["finality_type"], said, 1)
		}
	}
	stamp := encode(d.stamp(readStamp(whole["timestamp"], now)))
	if old, ok := whole["timestamp"]; ok {
		// The key is the last one in every payload, so its value is, too.
		at := bytes.LastIndex(object, old)
		return append(append(bytes.Clone(object[:at]), stamp...), object[at+len(old):]...)
	}
	comma := ","
	if len(whole) == 0 {
		comma = ""
	}
	return fmt.Appendf(nil, `%s%s"timestamp":%s}`, bytes.TrimSuffix(object, []byte("}")), comma, stamp)
}

// finalityTypes gives the guide's spelling of a node's finality types.
var finalityTypes = map[string][]byte{
	`"kcore"`:     []byte(`"KCore"`),
	`"homology"`:  []byte(`"Homology"`),
	`"composite"`: []byte(`"Composite"`),
}

// readStamp reads a timestamp in either form; now if it is missing, zero or
// neither.
func readStamp(raw json.RawMessage, now time.Time) time.Time {
	var seconds int64
	if json.Unmarshal(raw, &seconds) == nil && seconds != 0 {
		return time.Unix(seconds, 0)
	}
	var said time.Time
	if json.Unmarshal(raw, &said) == nil && !said.IsZero() {
		return said
	}
	return now
}

// stamp returns a time as it stands in payloads: whole seconds since 1970 in the
// node dialect, RFC 3339 in the guide's.
func (d Dialect) stamp(t time.Time) any {
	if d == Node {
		return t.Unix()
	}
	return t.UTC().Format(time.RFC3339)
}

// marshal is json.Marshal without the escapes for HTML, which servers do not
// make.
func marshal(value any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

// encode is marshal for values that cannot fail: strings, numbers and structs of
// them.
func encode(value any) []byte {
	b, _ := marshal(value)
	return b
}
