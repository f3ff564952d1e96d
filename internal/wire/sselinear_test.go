package wire_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
)

// A reader that began anew at each read, or closed the gap at each line, would
// do some thousand times what this one does.
func TestSSEReaderDoesLinearWork(t *testing.T) {
	const (
		size = 4 << 20
		most = 8 // per byte: it is looked at for LF and for CR, and moved when the buffer grows
	)
	line := strings.Repeat("x", 100)
	for name, stream := range map[string]string{
		"one line":            "data: " + strings.Repeat("x", size) + "\n\n",
		"one line, CRLF":      "data: " + strings.Repeat("x", size) + "\r\n\r\n",
		"many lines":          strings.Repeat("data: "+line+"\n", size/100) + "\n",
		"many lines, CR":      strings.Repeat("data: "+line+"\r", size/100) + "\r",
		"many lines, CRLF":    strings.Repeat("data: "+line+"\r\n", size/100) + "\r\n",
		"many lines of all":   strings.Repeat("data: "+line+"\ndata\rdata: "+line+"\r\n", size/200) + "\n",
		"many empty lines":    strings.Repeat("data\n", size/5) + "\n",
		"many events":         strings.Repeat("data: "+line+"\n\n", size/100),
		"a comment":           ": " + strings.Repeat("x", size) + "\n",
		"what is passed over": "data: 1\n" + strings.Repeat("unknown: "+line+"\n", size/100) + "\n",
		"after a small event": "data: 1\n\ndata: " + strings.Repeat("x", size) + "\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{100, 1400, 1 << 30} {
				r := wire.NewSSEReader(&pieces{[]byte(stream), n}, 0)
				events := 0
				for {
					_, err := r.Next()
					if err != nil {
						require.Equal(t, io.EOF, err)
						break
					}
					events++
				}
				require.Positive(t, events)
				assert.LessOrEqual(t, r.Work(), int64(most*len(stream)), "in pieces of %d", n)
				assert.GreaterOrEqual(t, r.Work(), int64(len(stream)-len(stream)/4), "in pieces of %d: it is counted", n)
			}
		})
	}
}
