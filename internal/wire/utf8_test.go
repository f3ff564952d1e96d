package wire_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

// through sends b through a reader as data.
func through(t *testing.T, b string) (string, int) {
	t.Helper()
	ev, err := wire.NewSSEReader(&pieces{[]byte("data: " + b + "\n\n"), 1 << 20}, 0).Next()
	require.NoError(t, err)
	return string(ev.Data), ev.Invalid
}

func TestReplacement(t *testing.T) {
	const r = "\uFFFD"
	for in, want := range map[string]string{
		"a\x80b":                       "a" + r + "b",
		"\xff\xfe":                     r + r,
		"\xc3":                         r,
		"\xc3a":                        r + "a",
		"\xe2\x82":                     r,
		"\xe2\x82a":                    r + "a",
		"\xe2\x82\xe2\x82\xac":         r + "€",
		"\xf0\x9f\x98":                 r,
		"\xf0\x9f\x98\xf0\x9f\x98\x80": r + "😀",
		"\xc0\x80":                     r + r,         // too long a form
		"\xe0\x80\x80":                 r + r + r,     // too long a form
		"\xf0\x80\x80\x80":             r + r + r + r, // too long a form
		"\xed\xa0\x80":                 r + r + r,     // a surrogate
		"\xf4\x90\x80\x80":             r + r + r + r, // above U+10FFFF
		"\xf5\x80\x80\x80":             r + r + r + r,
		"\xed\x9f\xbf\xee\x80\x80":     "\ud7ff\ue000",
		"\xf4\x8f\xbf\xbf":             "\U0010ffff",
		// The table of the Unicode standard, chapter 3.9.
		"\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64": "a" + r + r + r + "b" + r + "c" + r + r + "d",
	} {
		got, _ := through(t, in)
		assert.Equal(t, want, got, "%q", in)
	}
}

// slowly decodes as the WHATWG text has it: the longest beginning of some
// character, or else one byte, becomes one U+FFFD.
func slowly(b string) (string, int) {
	var out []byte
	count := 0
	for len(b) > 0 {
		if c, size := utf8.DecodeRuneInString(b); c != utf8.RuneError || size > 1 {
			out, b = append(out, b[:size]...), b[size:]
			continue
		}
		n := min(3, len(b))
		for n > 1 && !begins[b[:n]] {
			n--
		}
		out, b = append(out, "\uFFFD"...), b[n:]
		count++
	}
	return string(out), count
}

// begins holds all beginnings of characters that are two or three bytes long.
var begins = func() map[string]bool {
	m := map[string]bool{}
	for c := rune(0x800); c <= utf8.MaxRune; c++ {
		if s := string(c); utf8.ValidRune(c) {
			for n := 2; n < len(s); n++ {
				m[s[:n]] = true
			}
		}
	}
	return m
}()

// A name that was no UTF-8 is counted with the data, and only in its own event.
func TestReplacementInNames(t *testing.T) {
	for stream, want := range map[string][]string{
		"event: a\xff\ndata: \xe2\x82b\xff\n\ndata: c\n\n":             {"a\uFFFD|\uFFFDb\uFFFD|!!!", "|c|"},
		"event: a\xff\ndata: 1\n\nevent: a\xff\ndata: 2\n\n":           {"a\uFFFD|1|!", "a\uFFFD|2|!"},
		"event: a\xff\n\ndata: 1\n\n":                                  {"|1|"},
		"event: a\xff\nevent: b\ndata: 1\n\n":                          {"b|1|"},
		"event: a\uFFFD\ndata: \uFFFD\n\n":                             {"a\uFFFD|\uFFFD|"},
		"event: a\xff\ndata: 1\n\nevent: a\uFFFD\ndata: 2\n\n: \xff\n": {"a\uFFFD|1|!", "a\uFFFD|2|", ":"},
	} {
		everyWay(t, stream, 0, func(t *testing.T, got read) { assert.Equal(t, want, got.events, "%q", stream) })
	}
}

func TestReplacementOfAllPairsAndMore(t *testing.T) {
	interesting := "\x00az\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff"
	for i := range len(interesting) {
		for j := range len(interesting) {
			for k := range len(interesting) {
				in := string([]byte{interesting[i], interesting[j], interesting[k], 0x80})
				got, count := through(t, in)
				want, wantCount := slowly(in)
				require.Equal(t, want, got, "%q", in)
				require.Equal(t, wantCount, count, "%q", in)
				require.True(t, utf8.ValidString(got))
			}
		}
	}
}
