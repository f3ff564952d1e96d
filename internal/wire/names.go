package wire

import "github.com/adic/adic-go/subscription/events"

// A spelling is one of the two names of a type.
type spelling struct {
	name string
	kind events.Type
}

// slots is more than twice as many as there are spellings, and a power of two.
const slots = 512

// A table finds a type by either spelling, in a third of the time that a map takes:
// a spelling stands in the slot that a few of its bytes say, or behind it.
type table [slots]spelling

// spellings are those of the catalogue.
var spellings = func() *table {
	t := new(table)
	for _, kind := range events.Types() {
		t.add(string(kind), kind)
		t.add(kind.Name(), kind)
	}
	return t
}()

func (t *table) add(name string, kind events.Type) {
	i := slot([]byte(name))
	for t[i].name != "" && t[i].name != name {
		i = (i + 1) % slots
	}
	t[i] = spelling{name, kind}
}

// find returns the spelling that word is.
func (t *table) find(word []byte) (*spelling, bool) {
	if len(word) == 0 {
		return nil, false
	}
	for i := slot(word); t[i].name != ""; i = (i + 1) % slots {
		if t[i].name == string(word) {
			return &t[i], true
		}
	}
	return nil, false
}

// slot returns where to begin to look for word, which is not empty.
func slot(word []byte) uint {
	n := len(word)
	return (uint(n)*131 + uint(word[0])*31 + uint(word[n/2])*17 + uint(word[n-1])*7 + uint(word[n/4])*3) % slots
}
