package wire_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

// referenceSSE is the WHATWG text word by word, over the stream as one string.
func referenceSSE(stream string) read {
	got := read{err: io.EOF}
	text, _ := slowly(stream)
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	lines := strings.Split(text, "\n")
	var data, name, id string
	for _, line := range lines[:len(lines)-1] {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			got.lastID = id
			if data != "" {
				got.events = append(got.events, name+"|"+strings.TrimSuffix(data, "\n")+"|"+id)
			}
			data, name = "", ""
		case field == "":
			got.events = append(got.events, ":")
		case field == "event":
			name = value
		case field == "data":
			data += value + "\n"
		case field == "id":
			if !strings.Contains(value, "\x00") {
				id = value
			}
		case field == "retry":
			if ms, err := strconv.ParseUint(value, 10, 32); err == nil {
				got.retry = time.Duration(ms) * time.Millisecond
			} else if errors.Is(err, strconv.ErrRange) {
				got.retry = -1
			}
		}
	}
	return got
}

func FuzzSSE(f *testing.F) {
	for _, s := range []string{
		"event: tips.update\ndata: {\"type\":\"TipsUpdated\",\"data\":{}}\n\n: heartbeat\n\n",
		"\uFEFFid: 1\r\nretry: 3000\r\ndata: a\r\ndata: b\r\n\r\ndata\r\rid\n\rdata: c",
		"data:\x00\ndata:  2\rData:1\ndata\x00:2\ndata:1\r\x00data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n",
		"id: 7\x00\nevent: x\n\n:\n:\r:\r\ndata: \xe2\x82\n\ndata: \xff\xf0\x9f\n\n",
		"event\ndata\ndata\n\nretry: 99999999999999999999\n\n",
	} {
		f.Add([]byte(s), uint16(3), uint16(10))
	}
	f.Fuzz(func(t *testing.T, stream []byte, size, limit uint16) {
		checkSSE(t, stream, int(size)+1, int(limit)+1)
	})
}

// checkSSE holds the reader to the reference: whole, in pieces of n bytes, and
// with a limit.
func checkSSE(t *testing.T, stream []byte, n, limit int) {
	t.Helper()
	want := referenceSSE(string(stream))
	whole := readAll(wire.NewSSEReader(&pieces{stream, 1 << 30}, 0))
	for i := range whole.events {
		whole.events[i] = strings.TrimRight(whole.events[i], "!") // counted elsewhere
	}
	for i := range want.events {
		want.events[i] = strings.TrimRight(want.events[i], "!")
	}
	if want.retry < 0 {
		want.retry = whole.retry // beyond what the reference can count
	}
	require.Equal(t, want, whole)

	require.Equal(t, readAll(wire.NewSSEReader(&pieces{stream, 1 << 30}, 0)), readAll(wire.NewSSEReader(&pieces{stream, n}, 0)))

	// A limit ends the stream early or changes nothing, and where it ends it
	// does not depend on the pieces.
	tight := readAll(wire.NewSSEReader(&pieces{stream, n}, limit))
	require.LessOrEqual(t, len(tight.events), len(want.events))
	for i := range tight.events {
		require.Equal(t, want.events[i], strings.TrimRight(tight.events[i], "!"))
	}
	if errors.Is(tight.err, io.EOF) {
		require.Len(t, tight.events, len(want.events))
	}
	other := readAll(wire.NewSSEReader(&pieces{stream, 1 << 30}, limit))
	require.Equal(t, tight.events, other.events)
	require.IsType(t, tight.err, other.err)
}

// Streams of the parts that matter, in any order.
func TestSSEReaderIsTheReference(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	parts := []string{
		"data", "data", "data:", "data: ", "event", "event: ", "id", "id: ", "retry: ", ":", " ", "\uFEFF", "\x00", "7", "500", "x", "tips.update",
		"\n", "\n", "\n", "\n", "\r", "\r", "\r\n", "\r\n", "\n\n", "\n\n", "\r\r", "\r\n\r\n", "é", "😀", "\xff", "\xe2\x82", "\xf0\x9f",
	}
	told := 0
	for range 5_000 {
		var stream []byte
		for range random.IntN(40) {
			stream = append(stream, parts[random.IntN(len(parts))]...)
		}
		told += len(referenceSSE(string(stream)).events)
		checkSSE(t, stream, 1+random.IntN(9), 1+random.IntN(30))
	}
	require.Greater(t, told, 2_500, "the streams prove little")
}
