package events_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// Whatever a server sends decodes or is a *DecodeError, and what decoded stays
// the same when it is encoded and decoded again.
func FuzzDecode(f *testing.F) {
	for _, dialect := range []string{"node", "guide"} {
		for _, p := range lines[pair](f, dialect+".jsonl") {
			ws, _ := p.payloads(f, dialect)
			f.Add(string(p.Type), []byte(ws))
		}
	}
	f.Add("Comet", []byte(`{}`))
	f.Add("Gap", []byte(`{"number":3,"stage":"closed","lane":"low","from":"2024-01-15T10:30:00.5Z"}`))
	f.Add("TipsUpdated", []byte(`null`))
	f.Add("TipsUpdated", []byte(`{"timestamp":"2016-12-31 23:59:60.5z"}`))
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := events.DecodeAny(events.Envelope{Type: events.Type(typ), Data: data})
		if err != nil {
			require.Nil(t, e)
			var decode *events.DecodeError
			require.ErrorAs(t, err, &decode)
			require.Less(t, len(err.Error()), 1000)
			return
		}
		require.True(t, json.Valid(data))
		require.Equal(t, events.Type(typ), e.Type())
		env, err := events.Encode(e)
		if _, gap := e.(events.Gap); gap && err != nil {
			return // time.Time reads years that it does not write
		}
		require.NoError(t, err)
		back, err := events.DecodeAny(env)
		require.NoError(t, err)
		require.Equal(t, e, back)
	})
}

// What UnmarshalJSON reads lies in the years that MarshalJSON writes, and is the
// same instant again.
func FuzzTimestamp(f *testing.F) {
	for _, text := range []string{
		`1705314600`, `1705314600123`, `-1`, `1e11`, `99999999999.5`, `null`, `"2024-01-15T10:30:00Z"`, `"2016-12-31t23:59:60.123456789012+05:45"`,
		`"2024-01-15\u005410:30:00z"`, `""`, `"`, ``, `{}`, `-1e300`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		kept := string(text)
		var at events.Timestamp
		err := at.UnmarshalJSON(text)
		require.Equal(t, kept, string(text), "the input was written to")
		if err != nil {
			require.True(t, at.IsZero())
			require.Less(t, len(err.Error()), 400)
			return
		}
		require.True(t, json.Valid(text), "%q", text)
		written, err := json.Marshal(at)
		require.NoError(t, err)
		var back events.Timestamp
		require.NoError(t, json.Unmarshal(written, &back))
		require.Equal(t, at, back)
	})
}

// A name is known, or the error has something short and true to say.
func FuzzParseType(f *testing.F) {
	for _, typ := range events.Types() {
		f.Add(string(typ))
		f.Add(typ.Name())
	}
	for _, name := range []string{"TipUpdated", "", "Gap", "all", "a\xffb", "`", strings.Repeat("ä", 100)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		typ, err := events.ParseType(name)
		if err == nil {
			require.True(t, typ.Known())
			require.Contains(t, []string{string(typ), typ.Name()}, name)
			return
		}
		var unknown *events.UnknownTypeError
		require.ErrorAs(t, err, &unknown)
		if unknown.Suggestion != "" {
			_, err := events.ParseType(unknown.Suggestion)
			require.NoError(t, err, "the suggestion is no type")
		}
		assert.True(t, utf8.ValidString(err.Error()))
		assert.Less(t, len(err.Error()), 400)
	})
}
