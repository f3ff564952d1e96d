package peers

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestInOrder(t *testing.T) {
	const end = `,"reason":"ü \u2028 😀"`
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"websocket, node":  {`{"type":"Event","event":{"type":"T","data":{"amount":"peer 0"` + end + "}}}\n", 1},
		"websocket, guide": {`{"type":"Event","event":{"type":"T","amount":"peer 0"` + end + "}}\n", 1},
		"sse, node":        {"event: x\n" + `data: {"type":"T","data":{"amount":"peer 0"` + end + "}}\n\n", 1},
		"sse, guide":       {`{"amount":"peer 0"` + end + "}\n" + `{"amount":"peer 1"` + end + "}\n", 2},
		"others between":   {"{\"type\":\"Pong\"}\nnonsense {\n" + `{"amount":"peer 0"` + end + "}\n", 1},
		"twice":            {`{"amount":"peer 0"` + end + "}\n" + `{"amount":"peer 0"` + end + "}\n", 1},
		"one is missing":   {`{"amount":"peer 0"` + end + "}\n" + `{"amount":"peer 2"` + end + "}\n", 1},
		"changed":          {`{"amount":"peer 0","reason":"?"}` + "\n", 0},
	} {
		r := &reader{enough: func() {}}
		_, _ = fmt.Fprint(r, c.text)
		assert.Equal(t, c.want, r.inOrder(), name)
	}
}
