package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// Every type is found by both of its names, and by nothing that is like them.
func TestNamesOfTypes(t *testing.T) {
	parse := func(name string) wire.Message {
		return wire.Parse([]byte(`{"type":"Event","event":{"type":"` + name + `","data":{"timestamp":1760554622}}}`))
	}
	for _, kind := range events.Types() {
		for _, name := range []string{string(kind), kind.Name()} {
			assert.Equal(t, kind, parse(name).Type)
			for _, like := range []string{name + "x", "x" + name, name[1:], name[:len(name)-1], strings.ToUpper(name), name[:2] + "_" + name[3:]} {
				assert.Equal(t, events.Type(like), parse(like).Type)
			}
		}
	}
	assert.Less(t, 4*len(events.Types()), 512, "the table is at most half full")
}
