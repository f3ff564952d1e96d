package refserver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestQueriesAreReadAsANodeReadsThem(t *testing.T) {
	for _, tc := range []struct{ raw, a, limit, cause string }{
		{raw: ""},
		{raw: "&&"},
		{raw: "a=1&b=2&limit=7", a: "1", limit: "7"},
		{raw: "a=x+y%20z%2C", a: "x y z,"},
		{raw: "a=%zz+%", a: "%zz %"},
		{raw: "a=1;b=2", a: "1;b=2"},
		{raw: "a", a: ""},
		{raw: "a=b=c", a: "b=c"},
		{raw: "%61=1", a: "1"},
		{raw: "b=1&b=2", a: ""},
		{raw: "a=1&a=2", a: "1", cause: "duplicate field `a`"},
		{raw: "limit=", cause: "cannot parse integer from empty string"},
		{raw: "limit=x&a=1", cause: "invalid digit found in string"},
	} {
		got, cause := queryFields(tc.raw, "a", "limit")
		assert.Equal(t, tc.cause, cause, tc.raw)
		assert.Equal(t, tc.a, got["a"], tc.raw)
		if cause == "" {
			assert.Equal(t, tc.limit, got["limit"], tc.raw)
		}
	}
}

func TestLimits(t *testing.T) {
	const notDigit, tooLarge = "invalid digit found in string", "number too large to fit in target type"
	for _, tc := range []struct {
		in    string
		limit int
		cause string
	}{
		{"0", 0, ""},
		{"1", 1, ""},
		{"+12", 12, ""},
		{"0000000000000000000000000012", 12, ""},
		{"1000", 1000, ""},
		{"1001", 1000, ""},
		{"18446744073709551615", 1000, ""},
		{"18446744073709551616", 0, tooLarge},
		{"111111111111111111111", 0, tooLarge},
		{"", 0, "cannot parse integer from empty string"},
		{"-1", 0, notDigit},
		{"1.0", 0, notDigit},
		{" 1", 0, notDigit},
		{"x", 0, notDigit},
	} {
		limit, cause := parseLimit(tc.in)
		assert.Equal(t, tc.limit, limit, tc.in)
		assert.Equal(t, tc.cause, cause, tc.in)
	}
}

func TestTimesAreReadAsANodeReadsThem(t *testing.T) {
	want := time.Date(2025, time.October, 15, 18, 57, 2, 5e8, time.UTC)
	for _, in := range []string{
		"2025-10-15T18:57:02.5Z", "2025-10-15t18:57:02.5z", "2025-10-15 18:57:02.500Z", "2025-10-15T20:57:02.5+02:00",
	} {
		got, ok := parseTime(in)
		assert.True(t, ok, in)
		assert.True(t, want.Equal(got), in)
	}
	for _, in := range []string{"", "z", "yesterday", "2025-10-15", "2025-10-15T18:57:02", "2025-10-15T18:57:02 00:00", "1760554622"} {
		_, ok := parseTime(in)
		assert.False(t, ok, in)
	}
}

func TestIDs(t *testing.T) {
	const digits = "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdef0000"
	for in, want := range map[string]string{
		digits:                  strings.ToLower(digits),
		digits[1:]:              "",
		digits + "0":            "",
		digits[:63] + "g":       "",
		digits[:62] + "\u00e9":  "",
		"0x" + digits[:62]:      "",
		strings.Repeat(" ", 64): "",
		"":                      "",
	} {
		id, ok := parseID(in)
		assert.Equal(t, want != "", ok, in)
		assert.Equal(t, want, id, in)
	}
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", "a=1&limit=2", "a=%zz&a", "limit=99999999999999999999", "+=+", "limit=%2B5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, cause := queryFields(raw, "a", "limit")
		for name := range got {
			assert.Contains(t, []string{"a", "limit"}, name)
		}
		if s, given := got["limit"]; given && cause == "" {
			limit, _ := parseLimit(s)
			assert.True(t, 0 <= limit && limit <= maxPage)
		}
		if id, ok := parseID(raw); ok {
			assert.Regexp(t, `^[0-9a-f]{64}$`, id)
		}
		parseTime(raw)
	})
}
