package wire_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

// seeds are messages of both dialects and transports, and the traps in them.
var seeds = []string{
	`{"type":"Event","event":{"type":"TipsUpdated","data":{"tips":["0a11","f3c2"],"count":2,"timestamp":1760554622}}}`,
	`{"type":"Event","event":{"type":"TipsUpdated","tips":["abc123"],"count":1,"timestamp":"2024-01-15T10:30:00Z"}}`,
	`{"type":"MessageAdded","data":{"message_id":"5f0c","depth":3,"timestamp":1760554622123}}`,
	`{"message_id":"abc","depth":42,"timestamp":"2024-01-15T10:30:00.5+02:00"}`,
	`{"type":"Event","event":{"data":{"timestamp":-0.0},"timestamp":null,"type":"energy.update"}}`,
	`{"event":{"\u0074ype":"Ti\u0070sUpdated","timestamp":1,"data":{"timestamp":2}},"type":"Event"}`,
	`{"type":"Pong","type":"Event","event":1,"event":{"type":"A","data":[1,2,{"x":1e-7}]}}`,
	`{"type":"Subscribed","events":["TipsUpdated","\ud83d\ude00"]}`,
	`{"type":"Unsubscribed","events":[1]}`,
	`{"type":"Error","message":"Invalid event type"}`,
	` {"type" : "Pong"} `, `{"type":"Gap","data":{}}`, `{"type":"ping"}`, `{}`, `[]`, `null`, `"\x"`, `{"a":[[[[]]]]}`, "{\"type\":\"\xff\"}",
	`{"type":"Event","event":{"type":"NewThing","data":[1,2]}}`, `{"type":"NewThing","data":null}`, `{"type":"NewThing"}`, `[1]`, ` 7 `,
	`<html>`, `{"type":"Event","event":{"type":"KCoreUpdated","data":{"current_k_value":null,"timestamp":18446744073709551615}}}`,
}

// same fails if got is not what the reference says.
func same(t *testing.T, want, got wire.Message, text []byte) {
	t.Helper()
	require.Equal(t, want.Kind, got.Kind, "%q", text)
	if want.Err != nil {
		var w, g *wire.GarbageError
		require.ErrorAs(t, want.Err, &w)
		require.ErrorAs(t, got.Err, &g)
		if w.Reason == wire.NotJSON && g.Reason == wire.TooDeep {
			return // it is both, and was found too deep first
		}
		require.Equal(t, w.Reason, g.Reason, "%q", text)
		return
	}
	require.Equal(t, string(want.Data), string(got.Data), "%q", text)
	require.Equal(t, want, got, "%q", text)
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		same(t, referenceParse(frame), wire.Parse(frame), frame)
		m, ok := wire.ParseText(frame)
		require.Equal(t, utf8.Valid(frame), ok)
		if ok {
			same(t, referenceParse(frame), m, frame)
		}
	})
}

func FuzzParseSSE(f *testing.F) {
	for _, s := range seeds {
		for _, name := range []string{"", "tips.update", "TipsUpdated", "message", "ping", "pong", "x.y", "Gap"} {
			f.Add(name, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		same(t, referenceParseSSE(name, data), wire.ParseSSE(name, data), data)
	})
}

func FuzzMessageID(f *testing.F) {
	for _, s := range append(seeds, `{"message_id":"a","message_id":"\u0062"}`, `{"message_id":7}`, `{"message_id":""}`, `{"x":{"message_id":"y"}}`, `{"message_id":"x","m\u0065ssage_id":"y"}`, `{"message_id":"x","a":"\"message_id\""}`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _ := objectOf(data)
		want, wantOK := m.str("message_id")
		if !json.Valid(data) || depth(data) > 512 {
			return // never asked for: Parse has refused the payload
		}
		got, ok := wire.MessageID(data)
		require.Equal(t, wantOK, ok)
		require.Equal(t, want, got)
	})
}
