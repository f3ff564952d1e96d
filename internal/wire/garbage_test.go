package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

// reason returns why m is garbage.
func reason(t *testing.T, m wire.Message) *wire.GarbageError {
	t.Helper()
	require.Equal(t, wire.Garbage, m.Kind)
	var err *wire.GarbageError
	require.ErrorAs(t, m.Err, &err)
	m.Err = nil
	require.Equal(t, wire.Message{}, m, "garbage says nothing else")
	return err
}

func TestGarbage(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for frame, want := range map[string]wire.GarbageReason{
		``:                                wire.NotJSON,
		` `:                               wire.NotJSON,
		`<html><body>Login</body></html>`: wire.NotJSON,
		`{"type":"Pong"`:                  wire.NotJSON,
		`{"type":"Pong"}}`:                wire.NotJSON,
		`{"type":"Pong"}x`:                wire.NotJSON,
		`{"type":"Pong",}`:                wire.NotJSON,
		`{"type":"Event","event":{"type":"MessageAdded","data":{"x":01}}}`: wire.NotJSON,
		`[]`:   wire.NotObject,
		`null`: wire.NotObject,
		`7`:    wire.NotObject,
		`"x"`:  wire.NotObject,
		`[{"type":"Event","event":{"type":"MessageAdded","data":{}}}]`: wire.NotObject,
		`{}`:                            wire.NoType,
		`{"type":7}`:                    wire.NoType,
		`{"type":null}`:                 wire.NoType,
		`{"type":""}`:                   wire.NoType,
		`{"Type":"Pong"}`:               wire.NoType,
		`{"type":"Pong","type":7}`:      wire.NoType,
		`{"type":"ping"}`:               wire.UnknownMessage,
		`{"type":"pong"}`:               wire.UnknownMessage,
		`{"type":"Gap","number":7}`:     wire.UnknownMessage,
		`{"type":"Event"}`:              wire.BadEvent,
		`{"type":"Event","event":null}`: wire.BadEvent,
		`{"type":"Event","event":"x"}`:  wire.BadEvent,
		`{"type":"Event","event":[]}`:   wire.BadEvent,
		`{"type":"Event","event":{}}`:   wire.BadEvent,
		`{"type":"Event","event":{"type":7,"data":{}}}`:                                     wire.BadEvent,
		`{"type":"Event","event":{"type":"","data":{}}}`:                                    wire.BadEvent,
		`{"type":"Event","event":{"data":{}}}`:                                              wire.BadEvent,
		`{"type":"Event","event":{"type":"MessageAdded","data":[]}}`:                        wire.BadEvent,
		`{"type":"Event","event":{"type":"MessageAdded","data":null}}`:                      wire.BadEvent,
		`{"type":"Event","event":{"type":"MessageAdded","data":"{}"}}`:                      wire.BadEvent,
		`{"type":"Event","event":{"type":"MessageAdded","data":{},"data":7}}`:               wire.BadEvent,
		`{"type":"Event","event":{"type":"MessageAdded","data":{}},"event":null}`:           wire.BadEvent,
		`{"type":"Event","event":{"type":"Gap","data":{"number":7}}}`:                       wire.BadEvent,
		`{"type":"Event","event":{"type":"Gap","number":7}}`:                                wire.BadEvent,
		`{"type":"MessageAdded","data":7}`:                                                  wire.BadEvent,
		nested(513):                                                                         wire.TooDeep,
		nested(512):                                                                         wire.NotObject,
		nested(20000):                                                                       wire.TooDeep,
		`{"type":"Pong","x":` + nested(512) + `}`:                                           wire.TooDeep,
		`{"type":"Event","event":{"type":"MessageAdded","data":{"x":` + nested(510) + `}}}`: wire.TooDeep,
		`{"type":"Event","event":{"type":"MessageAdded","x":` + nested(511) + `}}`:          wire.TooDeep,
		strings.Repeat(`{"x":`, 513) + `1` + strings.Repeat(`}`, 513):                       wire.TooDeep,
		`{"x":` + strings.Repeat(`{"data":`, 600):                                           wire.TooDeep,
	} {
		name := frame
		if len(name) > 80 {
			name = name[:80]
		}
		t.Run(name, func(t *testing.T) {
			err := reason(t, wire.Parse([]byte(frame)))
			assert.Equal(t, want, err.Reason)
			if want != wire.NotJSON && want != wire.TooDeep {
				assert.True(t, json.Valid([]byte(frame)))
				assert.Zero(t, err.Offset)
			}
		})
	}
}

func TestDepthThatIsAllowed(t *testing.T) {
	deep := strings.Repeat("[", 509) + strings.Repeat("]", 509)
	m := wire.Parse([]byte(`{"type":"Event","event":{"type":"MessageAdded","data":{"x":` + deep + `}}}`))
	assert.Equal(t, wire.Event, m.Kind)
}

func TestSSEGarbage(t *testing.T) {
	for name, c := range map[string]struct {
		event, data string
		want        wire.GarbageReason
	}{
		"error of a node":         {"", "error", wire.NotJSON},
		"empty":                   {"TipsUpdated", "", wire.NotJSON},
		"no type at all":          {"", `{"tips":[]}`, wire.NoType},
		"named message":           {"message", `{"tips":[]}`, wire.NoType},
		"payload is no object":    {"TipsUpdated", `["a"]`, wire.BadEvent},
		"null payload":            {"tips.update", `null`, wire.BadEvent},
		"no object, no name":      {"", `["a"]`, wire.NotObject},
		"no object, no true name": {"message", `["a"]`, wire.NotObject},
		"no object, a gap":        {"Gap", `["a"]`, wire.BadEvent},
		"data is no object":       {"tips.update", `{"type":"TipsUpdated","data":[]}`, wire.BadEvent},
		"wrapper without event":   {"", `{"type":"Event"}`, wire.BadEvent},
		"wrapper without type":    {"", `{"type":"Event","event":{"tips":[]}}`, wire.BadEvent},
		"gap by name":             {"Gap", `{"number":1}`, wire.BadEvent},
		"gap by type":             {"", `{"type":"Gap","data":{}}`, wire.BadEvent},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, reason(t, wire.ParseSSE(c.event, []byte(c.data))).Reason)
		})
	}
}

func TestGarbageError(t *testing.T) {
	err := reason(t, wire.Parse([]byte(`{"type":"Pong" oops}`)))
	assert.Equal(t, &wire.GarbageError{Reason: wire.NotJSON, Offset: 15, Head: `{"type":"Pong" oops}`}, err)
	assert.EqualError(t, err, `wire: not json at byte 15 of a message that begins "{\"type\":\"Pong\" oops}"`)

	assert.Equal(t, `wire: too deep at byte 512 of a message that begins "`+strings.Repeat("[", 64)+`"`,
		reason(t, wire.Parse([]byte(strings.Repeat("[", 600)))).Error())

	err = reason(t, wire.ParseBinary([]byte(strings.Repeat("\x00\xff", 100))))
	assert.Equal(t, wire.Binary, err.Reason)
	assert.True(t, utf8.ValidString(err.Head))
	assert.LessOrEqual(t, len(err.Head), 64)
	assert.NotEmpty(t, err.Head)
}

func TestReasonNames(t *testing.T) {
	seen := map[string]bool{}
	for r := wire.NotJSON; r <= wire.Binary; r++ {
		assert.NotEqual(t, "invalid", r.String())
		assert.False(t, seen[r.String()], r)
		seen[r.String()] = true
	}
	assert.Equal(t, "invalid", wire.GarbageReason(0).String())
	assert.Equal(t, "invalid", (wire.Binary + 1).String())
}

// What Parse accepts is what encoding/json accepts, down to the last byte: each
// text is tried as a payload's value, in every place where a value can stand.
func TestAcceptsWhatEncodingJSONAccepts(t *testing.T) {
	texts := []string{
		`0`, `-0`, `-0.0`, `1`, `10`, `-1`, `1.5`, `1e5`, `1E+5`, `1e-5`, `0e0`, `1.0e07`, `18446744073709551615`, `1e999`,
		`01`, `-`, `+1`, `.5`, `1.`, `1.e5`, `1e`, `1e+`, `0x1`, `00`, `-01`, `1a`, `NaN`, `Infinity`, `1 2`, `--1`,
		`true`, `false`, `null`, `tru`, `truee`, `True`, `nul`, `falsey`, `t`, `n`,
		`""`, `"a"`, `"`, `"a`, `'a'`, `"\"`, `"\\"`, `"\""`, `"\/\b\f\n\r\t"`, `"\u00e9"`, `"\uD83D\uDE00"`, `"\uD83D"`, `"\U0000"`,
		`"\x"`, `"\u"`, `"\u12"`, `"\u12g4"`, `"\u:::0"`, `"\uABCD\uabcd"`, `"\u@000"`, `"\uG000"`, `"\0"`, "\"\t\"", "\"\n\"", "\"\x00\"", "\"\x1f\"", "\"\x7f\"", "\"\xff\"", "\"é😀\"",
		`"1234567"`, `"12345678"`, `"123456789"`, "\"1234567\x01\"", "\"12345678\x1f9012345\"", "\"1234\x19567\\n\"", `"12345678\`, `"aaaaaaa\"aaaaaaaa"`,
		"\"\x80\x81\x82\x83\x84\x85\x86\x87\x88\"", "\"!\x20!\x20!\x20!\x20!\"", "\"####]]]][[[[!!!!\"",
		`[]`, `[ ]`, `[1]`, `[1,2]`, `[1,]`, `[,1]`, `[,]`, `[1 2]`, `[1`, `[`, `]`, `[[]`, `[[],[{}]]`, `[1,,2]`, `[1}`,
		`{}`, `{ }`, `{"a":1}`, `{"a":1,"b":2}`, `{"a":1,}`, `{,"a":1}`, `{"a"}`, `{"a":}`, `{"a" 1}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":1]`, `{1:1}`, `{"a":1,,"b":2}`, `{"a":1`, `{"\u0061":1}`, `{"\x":1}`, `{null:1}`,
		"\t1", "1\n", " \r1 ", "\v1", "\f1", "\u00a01", "\uFEFF1", "1\x00", "", " ", `/**/1`, `1//`,
	}
	frames := []string{
		`@`, `{"type":"Pong","x":@}`, `{"type":"Event","event":{"type":"MessageAdded","data":{"timestamp":@}}}`,
		`{"type":"Event","event":{"type":"MessageAdded","data":@,"timestamp":1}}`, `{"type":"Pong","events":@}`,
		`{"type":"Event","event":@}`, `{"type":@,"message":@}`, `{"x":@,"data":[@,{"y":@}]}`,
	}
	for _, text := range texts {
		for _, frame := range frames {
			frame = strings.ReplaceAll(frame, "@", text)
			m := wire.Parse([]byte(frame))
			bad := m.Kind == wire.Garbage && reason(t, m).Reason == wire.NotJSON
			assert.Equal(t, json.Valid([]byte(frame)), !bad, "%q", frame)
		}
	}
}
