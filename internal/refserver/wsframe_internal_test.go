package refserver

import (
	"bufio"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A message of many frames, each small enough, may be too big as a whole.
func TestMessageTooBig(t *testing.T) {
	const last = "\x80\x81\x00\x00\x00\x00x"
	for size, fits := range map[int]bool{maxMessage - 1: true, maxMessage: false} {
		r := wsReader{br: bufio.NewReader(strings.NewReader(last)), op: opBinary, message: make([]byte, size)}
		op, payload, err := r.next()
		if fits {
			require.NoError(t, err)
			assert.Equal(t, opBinary, op)
			assert.Len(t, payload, maxMessage)
			continue
		}
		var mistake *protocolError
		require.ErrorAs(t, err, &mistake)
		assert.Equal(t, uint16(closeTooBig), mistake.code)
	}
}
