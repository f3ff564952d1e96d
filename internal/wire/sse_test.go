package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

// pieces hands out a stream in pieces of n bytes.
type pieces struct {
	rest []byte
	n    int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.rest[:min(p.n, len(p.rest))])
	p.rest = p.rest[n:]
	return n, nil
}

// What a reader returned: events with their data copied, and the error.
type read struct {
	events []string
	err    error
	retry  time.Duration
	lastID string
}

// readAll reads r to its end. An event is written as name|data|id, with ! for
// each U+FFFD put in, a comment as a colon.
func readAll(r *wire.SSEReader) read {
	var got read
	for {
		ev, err := r.Next()
		if err != nil {
			got.err, got.retry, got.lastID = err, r.Retry(), r.LastID()
			return got
		}
		text := ":"
		if !ev.Comment {
			text = ev.Name + "|" + string(ev.Data) + "|" + r.LastID() + strings.Repeat("!", ev.Invalid)
		}
		got.events = append(got.events, text)
	}
}

// everyWay reads stream whole, byte by byte and in pieces of seven bytes.
func everyWay(t *testing.T, stream string, limit int, check func(t *testing.T, got read)) {
	t.Helper()
	for _, n := range []int{max(len(stream), 1), 1, 7} {
		t.Run(fmt.Sprintf("in pieces of %d", n), func(t *testing.T) {
			check(t, readAll(wire.NewSSEReader(&pieces{[]byte(stream), n}, limit)))
		})
	}
	t.Run("end with the last byte", func(t *testing.T) {
		check(t, readAll(wire.NewSSEReader(iotest.DataErrReader(strings.NewReader(stream)), limit)))
	})
}

func TestSSERules(t *testing.T) {
	list := func(events ...string) []string { return events }
	for name, c := range map[string]struct {
		stream string
		want   []string
	}{
		"nothing":               {"", nil},
		"event and data":        {"event: tips.update\ndata: {}\n\n", list("tips.update|{}|")},
		"two events":            {"data: 1\n\ndata: 2\n\n", list("|1|", "|2|")},
		"empty lines between":   {"\n\n\ndata: 1\n\n\n\n", list("|1|")},
		"lines end in LF":       {"event: a\ndata: 1\n\n", list("a|1|")},
		"lines end in CR":       {"event: a\rdata: 1\r\r", list("a|1|")},
		"lines end in CRLF":     {"event: a\r\ndata: 1\r\n\r\n", list("a|1|")},
		"LF then CR":            {"data: 1\n\rdata: 2\n\r", list("|1|", "|2|")},
		"CRLF then LF":          {"data: 1\r\n\ndata: 2\r\n\n", list("|1|", "|2|")},
		"CR then CRLF":          {"data: 1\r\r\ndata: 2\r\r\n", list("|1|", "|2|")},
		"CRLF is one end":       {"data: 1\r\ndata: 2\r\n\r\n", list("|1\n2|")},
		"all ends in one event": {"data: 1\rdata: 2\ndata: 3\r\ndata: 4\r\n\n", list("|1\n2\n3\n4|")},

		"byte order mark":                     {"\uFEFFdata: 1\n\n", list("|1|")},
		"byte order mark alone in its line":   {"\uFEFF\ndata: 1\n\n", list("|1|")},
		"byte order mark before a comment":    {"\uFEFF: x\n", list(":")},
		"byte order mark twice":               {"\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n", list("|2|")},
		"byte order mark later":               {"data: 1\n\n\uFEFFdata: 2\n\n", list("|1|")},
		"byte order mark after an empty line": {"\n\uFEFFdata: 1\n\n", nil},
		"part of a byte order mark":           {"\xEF\xBBdata: 1\n\ndata: 2\n\n", list("|2|")},

		"data of several lines":     {"data: a\ndata: b\ndata: c\n\n", list("|a\nb\nc|")},
		"lines apart":               {"data: a\nevent: x\nid: 7\nnonsense\ndata: b\n\n", list("x|a\nb|7")},
		"first line empty":          {"data:\ndata: b\n\n", list("|\nb|")},
		"last line empty":           {"data: a\ndata:\n\n", list("|a\n|")},
		"two empty lines of data":   {"data\ndata\n\n", list("|\n|")},
		"empty data":                {"data:\n\n", list("||")},
		"empty data without colon":  {"data\n\n", list("||")},
		"no data":                   {"event: a\nid: 1\n\ndata: x\n\n", list("|x|1")},
		"no data, then none":        {"event: a\n\nevent: b\n\n", nil},
		"name of the event before":  {"event: a\ndata: 1\n\ndata: 2\n\n", list("a|1|", "|2|")},
		"last name counts":          {"event: a\nevent: b\ndata: 1\n\n", list("b|1|")},
		"empty name":                {"event: a\nevent\ndata: 1\n\n", list("|1|")},
		"a name that is only space": {"event:  \ndata: 1\n\n", list(" |1|")},

		"one space after the colon": {"data:a\ndata: b\ndata:  c\ndata:\td\n\n", list("|a\nb\n c\n\td|")},
		"spaces at the end stay":    {"event: a \ndata: 1  \n\n", list("a |1  |")},
		"colons in a value":         {"data: a: b:c\ndata::\n\n", list("|a: b:c\n:|")},
		"field names by case":       {"Data: 1\nDATA: 2\n data: 3\ndata : 4\ndata\x00: 5\n\n", nil},
		"unknown fields":            {"foo: bar\nda\ndatax: 1\ndata: 1\n\n", list("|1|")},
		"NUL in data":               {"data: \x00\n\n", list("|\x00|")},

		"comment":                 {": heartbeat\n\n", list(":")},
		"comments are each told":  {":\n:x\r:y\r\n", list(":", ":", ":")},
		"comment within an event": {"event: a\ndata: 1\n: x\ndata: 2\n\n", list(":", "a|1\n2|")},
		"comment before the end":  {"data: 1\n:\n\n", list(":", "|1|")},
		"comment without its end": {"data: 1\n\n: hea", list("|1|")},

		"id":                  {"id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n", list("|a|1", "|b|1", "|c|2")},
		"id resets":           {"id: 1\ndata: a\n\nid:\ndata: b\n\ndata: c\n\n", list("|a|1", "|b|", "|c|")},
		"id resets, no colon": {"id: 1\ndata: a\n\nid\ndata: b\n\n", list("|a|1", "|b|")},
		"id with NUL":         {"id: 1\ndata: a\n\nid: 2\x003\ndata: b\n\n", list("|a|1", "|b|1")},
		"id without data":     {"id: 1\n\ndata: a\n\n", list("|a|1")},
		"last id counts":      {"id: 1\nid: 2\ndata: a\n\n", list("|a|2")},
		"id after the data":   {"data: a\nid: 1\n\n", list("|a|1")},

		"cut off before the empty line": {"data: 1\n\ndata: 2\n", list("|1|")},
		"cut off within a line":         {"data: 1\n\ndata: 2", list("|1|")},
		"cut off within a field":        {"data: 1\n\nda", list("|1|")},
		"cut off, CR":                   {"data: 1\r", nil},
		"cut off, CRLF":                 {"data: 1\r\n", nil},

		"no UTF-8 in data":        {"data: a\xffb\n\n", list("|a\uFFFDb|!")},
		"no UTF-8 in two lines":   {"data: \xe2\x82\ndata: \xac\n\n", list("|\uFFFD\n\uFFFD|!!")},
		"no UTF-8 in a name":      {"event: a\xff\ndata: 1\n\n", list("a\uFFFD|1|!")},
		"no UTF-8 in an id":       {"id: \xc0\x80\ndata: 1\n\n", list("|1|\uFFFD\uFFFD")},
		"no UTF-8 in a comment":   {": \xff\n", list(":")},
		"U+FFFD that was sent":    {"data: \uFFFD\n\n", list("|\uFFFD|")},
		"beyond ASCII":            {"event: é\nid: …\ndata: 😀\n\n", list("é|😀|…")},
		"after one comes another": {"data: \xff\n\ndata: ok\n\n", list("|\uFFFD|!", "|ok|")},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, c.stream, 0, func(t *testing.T, got read) {
				assert.Equal(t, c.want, got.events)
				assert.Equal(t, io.EOF, got.err)
			})
		})
	}
}

func TestSSERetry(t *testing.T) {
	const longest = time.Duration(1<<63 - 1)
	for stream, want := range map[string]time.Duration{
		"":                                          0,
		"retry: 3000\n":                             3 * time.Second,
		"retry:03000\r":                             3 * time.Second,
		"retry: 1\nretry: 2\n":                      2 * time.Millisecond,
		"retry: 1000\nretry: 5000x\n":               time.Second,
		"retry: 1000\nretry: -5\n":                  time.Second,
		"retry: 1000\nretry: +5\n":                  time.Second,
		"retry: 1000\nretry: 1.5\n":                 time.Second,
		"retry: 1000\nretry:  5\n":                  time.Second,
		"retry: 1000\nretry: \n":                    time.Second,
		"retry: 1000\nretry\n":                      time.Second,
		"retry: 1000\nretry: 0\n":                   0,
		"retry: 5":                                  0,
		"retry: 9223372036854\n":                    9223372036854 * time.Millisecond,
		"retry: 9223372036855\n":                    longest,
		"retry: " + strings.Repeat("9", 400) + "\n": longest,
		"retry: \u0663\n":                           0,
	} {
		everyWay(t, stream, 0, func(t *testing.T, got read) {
			assert.Equal(t, want, got.retry, stream)
			assert.Empty(t, got.events, "retry alone is no event")
		})
	}
}

func TestSSELastID(t *testing.T) {
	for stream, want := range map[string]string{
		"id: 1\ndata: a\n\n":        "1",
		"id: 1\n\n":                 "1",
		"id: 1\n\nid: 2\ndata: b\n": "1", // cut off
		"id: 1\ndata: a\n\nid\n\n":  "",
		"data: a\n\n":               "before",
		"id: x\x00\ndata: a\n\n":    "before",
		"id: 2\ndata: cut off":      "before",
	} {
		for _, n := range []int{1, 1000} {
			r := wire.NewSSEReader(&pieces{[]byte(stream), n}, 0)
			r.Resume("before")
			assert.Equal(t, want, readAll(r).lastID, stream)
		}
	}
}

func TestSSEEventsBeforeAnIDCarryTheOneResumed(t *testing.T) {
	r := wire.NewSSEReader(strings.NewReader("data: a\n\n"), 0)
	assert.Empty(t, r.LastID())
	r.Resume("7")
	assert.Equal(t, []string{"|a|7"}, readAll(r).events)
}

// A script hands out one piece per read and fails the test if one more is
// asked for than has been allowed.
type script struct {
	t      *testing.T
	pieces []string
}

func (s *script) Read(b []byte) (int, error) {
	if len(s.pieces) == 0 {
		s.t.Error("the reader waits for more than it needs")
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(b, s.pieces[0])
	s.pieces = s.pieces[1:]
	return n, nil
}

func TestSSEEventIsReturnedAtItsLastByte(t *testing.T) {
	for _, sent := range [][]string{
		{"data: 1\n\n"},
		{"data: 1\r\r"},
		{"data: 1\r\n\r"},
		{"data: 1\n\r"},
		{"data: 1", "\n", "\n"},
		{"data: 1", "\r", "\r"},
		{"data: 1", "\r", "\n", "\r"},
		{"da", "ta: 1\r\n", "\r"},
		{"\uFEFFdata: 1\n\n"},
	} {
		s := &script{t, sent}
		r := wire.NewSSEReader(s, 0)
		ev, err := r.Next()
		require.NoError(t, err)
		assert.Equal(t, "1", string(ev.Data), "%q", sent)
		assert.Empty(t, s.pieces)

		// A LF that belongs to the CR before it ends no second event.
		s.pieces = []string{"\n", "data: 2\n\n"}
		ev, err = r.Next()
		require.NoError(t, err)
		assert.Equal(t, "2", string(ev.Data), "%q", sent)
	}
}

func TestSSECommentIsReturnedAtItsLastByte(t *testing.T) {
	for _, sent := range []string{":\n", ":\r", ": heartbeat\r", "data: 1\n:\n"} {
		ev, err := wire.NewSSEReader(&script{t, []string{sent}}, 0).Next()
		require.NoError(t, err)
		assert.Equal(t, wire.SSEEvent{Comment: true}, ev)
	}
}

func TestSSEDataIsValidUntilNext(t *testing.T) {
	r := wire.NewSSEReader(strings.NewReader("data: a\ndata: b\n\ndata: c\n\n"), 0)
	first, err := r.Next()
	require.NoError(t, err)
	assert.Equal(t, len(first.Data), cap(first.Data), "appending must not write into the buffer")
	_ = append(first.Data, "xxxxxxxxxxxx"...)
	second, err := r.Next()
	require.NoError(t, err)
	assert.Equal(t, "c", string(second.Data))
}

func TestSSEErrors(t *testing.T) {
	reset := errors.New("connection reset")
	r := wire.NewSSEReader(io.MultiReader(strings.NewReader("data: 1\n\n: x\ndata: 2\n"), iotest.ErrReader(reset)), 0)
	got := readAll(r)
	assert.Equal(t, []string{"|1|", ":"}, got.events, "what was complete comes first")
	assert.Equal(t, reset, got.err)
	_, err := r.Next()
	assert.Equal(t, reset, err, "an error is final")

	got = readAll(wire.NewSSEReader(iotest.DataErrReader(io.MultiReader(strings.NewReader("data: 1\n\n"), iotest.ErrReader(io.ErrUnexpectedEOF))), 0))
	assert.Equal(t, []string{"|1|"}, got.events)
	assert.Equal(t, io.ErrUnexpectedEOF, got.err, "the reader's own word on an unclean end")

	// Nothing is made of the first event's remains if Next is called after the end.
	r = wire.NewSSEReader(strings.NewReader("event: a\ndata: 1\n"), 0)
	for range 3 {
		_, err := r.Next()
		assert.Equal(t, io.EOF, err)
	}
}

type readFunc func(b []byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

func TestSSEReadersThatMisbehave(t *testing.T) {
	_, err := wire.NewSSEReader(readFunc(func([]byte) (int, error) { return 0, nil }), 0).Next()
	assert.Equal(t, io.ErrNoProgress, err)
	for _, n := range []int{-1, 1 << 20} {
		_, err = wire.NewSSEReader(readFunc(func([]byte) (int, error) { return n, nil }), 0).Next()
		require.Error(t, err)
		assert.ErrorContains(t, err, "impossible count")
	}
	calls := 0
	ev, err := wire.NewSSEReader(readFunc(func(b []byte) (int, error) {
		if calls++; calls < 50 {
			return 0, nil
		}
		return copy(b, ":\n"), nil
	}), 0).Next()
	require.NoError(t, err)
	assert.True(t, ev.Comment, "a few empty reads are legal")
}

// Events of many sizes in one stream: the buffer grows, is moved and given
// back, and no byte is lost.
func TestSSEManySizes(t *testing.T) {
	var stream bytes.Buffer
	var want []string
	letters := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 60_000)
	for i, size := range []int{0, 1, 100, 4000, 4096, 5000, 70_000, 3, 1_500_000, 10, 4090, 300_000, 8, 8, 8, 1_200_000, 1} {
		data := letters[i : i+size]
		cut := size / 3
		fmt.Fprintf(&stream, "event: e%d\ndata: %s\n: comment\nunknown: %s\ndata: %s\n\n", i, data[:cut], data[:size/2], data[cut:])
		want = append(want, ":", fmt.Sprintf("e%d|%s\n%s|", i, data[:cut], data[cut:]))
	}
	for _, n := range []int{1 << 30, 1400, 4096, 333} {
		got := readAll(wire.NewSSEReader(&pieces{stream.Bytes(), n}, 0))
		require.Equal(t, io.EOF, got.err)
		require.Len(t, got.events, len(want))
		for i := range want {
			require.True(t, want[i] == got.events[i], "event %d in pieces of %d", i, n)
		}
	}
}
