package marks

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	mark  = "<!-- table: generated "
	begin = mark + "from here"
	end   = mark + "up to here -->"
)

func TestTextGoesBetweenTheMarks(t *testing.T) {
	for _, c := range []struct{ name, old, want string }{
		{"no marks", "a\n", "a\n"},
		{"empty", "a\n" + begin + " by hand -->\n" + end + "\nb\n", "a\n" + begin + " by hand -->\nnew\n" + end + "\nb\n"},
		{"replaced", begin + " -->\nold\nold\n" + end, begin + " -->\nnew\n" + end},
	} {
		got, err := between([]byte(c.old), mark, []byte("new"))
		assert.NoError(t, err, c.name)
		assert.Equal(t, c.want, string(got), c.name)
	}
	for _, wrong := range []string{begin + " -->\n", end + "\n", end + "\n" + begin + " -->\n"} {
		_, err := between([]byte(wrong), mark, nil)
		assert.Error(t, err, wrong)
	}
}
