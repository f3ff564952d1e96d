package wire_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

func TestSSELimit(t *testing.T) {
	const limit = 100
	x := func(n int) string { return strings.Repeat("x", n) }
	for name, c := range map[string]struct {
		stream string
		fits   bool
	}{
		"data of the limit":               {"data: " + x(limit) + "\n\n", true},
		"one more":                        {"data: " + x(limit+1) + "\n\n", false},
		"one more, no space":              {"data:" + x(limit+1) + "\n\n", false},
		"two lines of the limit":          {"data: " + x(limit/2) + "\ndata: " + x(limit/2-1) + "\n\n", true},
		"two lines, one more":             {"data: " + x(limit/2) + "\ndata: " + x(limit/2) + "\n\n", false},
		"many empty lines of data":        {strings.Repeat("data\n", limit+2) + "\n", false},
		"name and data":                   {"event: " + x(40) + "\ndata: " + x(60) + "\n\n", true},
		"name and data, one more":         {"event: " + x(40) + "\ndata: " + x(61) + "\n\n", false},
		"data and name, one more":         {"data: " + x(61) + "\nevent: " + x(40) + "\n\n", false},
		"name and data without an end":    {"event: " + x(40) + "\ndata: " + x(61), false},
		"long comment":                    {":" + x(limit+5) + "\n", true},
		"longer comment":                  {":" + x(limit+6) + "\n", false},
		"longer comment within an event":  {"data: " + x(60) + "\n: " + x(60) + "\n\n", false},
		"long unknown field":              {x(limit+6) + "\n", true},
		"longer unknown field":            {x(limit+7) + "\n", false},
		"a line without an end":           {x(limit + 7), false},
		"a line without an end that fits": {x(limit + 6), true},
		"many fields that leave nothing":  {strings.Repeat("id: "+x(90)+"\n"+x(90)+"\nretry: 5\n: "+x(90)+"\n", 50), true},
		"many events":                     {strings.Repeat("event: "+x(40)+"\ndata: "+x(60)+"\n\n", 50), true},
		"many names":                      {strings.Repeat("event: "+x(40)+"\n", 50), true},
		"data that was dropped":           {strings.Repeat("event: "+x(90)+"\n\n", 50), true},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, "data: before\n\n"+c.stream, limit, func(t *testing.T, got read) {
				require.NotEmpty(t, got.events)
				assert.Equal(t, "|before|", got.events[0], "what is before comes through")
				if c.fits {
					assert.Equal(t, io.EOF, got.err)
					return
				}
				var err *wire.TooBigError
				require.ErrorAs(t, got.err, &err)
				assert.Equal(t, limit, err.Limit)
				assert.Greater(t, err.Seen, limit)
				for _, ev := range got.events {
					assert.LessOrEqual(t, len(ev), limit+2)
				}
			})
		})
	}
}

// The byte order mark counts for nothing, however it arrives.
func TestSSELimitAndByteOrderMark(t *testing.T) {
	everyWay(t, "\uFEFFdata: "+strings.Repeat("x", 10)+"\n\n", 10, func(t *testing.T, got read) {
		assert.Equal(t, []string{"|xxxxxxxxxx|"}, got.events)
		assert.Equal(t, io.EOF, got.err)
	})
	everyWay(t, "\uFEFF"+strings.Repeat("x", 17), 10, func(t *testing.T, got read) {
		assert.IsType(t, &wire.TooBigError{}, got.err)
	})
}

func TestTooBigErrorIsFinalAndNamesTheLimit(t *testing.T) {
	r := wire.NewSSEReader(strings.NewReader("data: "+strings.Repeat("x", 200)+"\n\ndata: after\n\n"), 64)
	_, err := r.Next()
	require.EqualError(t, err, "wire: sse event is over the limit of 64 bytes: 206 seen")
	_, again := r.Next()
	assert.Equal(t, err, again)
}

func TestDefaultLimit(t *testing.T) {
	stream := func(n int) io.Reader { return strings.NewReader("data: " + strings.Repeat("x", n) + "\n\n") }
	_, err := wire.NewSSEReader(stream(16<<20), 0).Next()
	require.NoError(t, err)
	_, err = wire.NewSSEReader(stream(16<<20+1), -1).Next()
	var tooBig *wire.TooBigError
	require.ErrorAs(t, err, &tooBig)
	assert.Equal(t, 16<<20, tooBig.Limit)
}

// endless is a stream without a line end.
type endless struct{ sent int }

func (e *endless) Read(b []byte) (int, error) {
	n := min(len(b), 1400)
	for i := range b[:n] {
		b[i] = 'x'
	}
	e.sent += n
	return n, nil
}

func TestSSEMemoryIsBounded(t *testing.T) {
	const limit = 1 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e := &endless{}
	_, err := wire.NewSSEReader(e, limit).Next()
	runtime.ReadMemStats(&after)
	var tooBig *wire.TooBigError
	require.ErrorAs(t, err, &tooBig)
	assert.Less(t, e.sent, limit+5000, "it stops reading at the limit")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(5*limit), "it doubles, and copies no more")
}

// A connection that had one large event does not hold its memory for ever: what
// a reader offers to the next Read says how large its buffer is.
func TestSSEBufferIsGivenBack(t *testing.T) {
	offered := 0
	source := io.MultiReader(strings.NewReader("data: "+strings.Repeat("x", 3<<20)+"\n\n"), strings.NewReader("data: y\n\n"))
	r := wire.NewSSEReader(readFunc(func(b []byte) (int, error) {
		offered = len(b)
		return source.Read(b)
	}), 0)
	large, err := r.Next()
	require.NoError(t, err)
	assert.Len(t, large.Data, 3<<20)
	small, err := r.Next()
	require.NoError(t, err)
	assert.Equal(t, "y", string(small.Data))
	assert.LessOrEqual(t, offered, 4<<10)
}
