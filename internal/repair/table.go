package repair

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"iter"
	"math/bits"
)

// A table holds values by the ids of messages. It is a hash table that is made for
// that: an id of a node, of 64 bytes, lies with its value, without a pointer that
// the garbage collector would have to follow and without a hold on the text it was
// cut from; and nothing is allocated for one that comes while another has gone.
//
// Values stay where they are until they are removed. Iterating while one is removed
// is allowed, while one is added is not. The zero table is not usable.
type table[V any] struct {
	seed  maphash.Seed
	slots []slot         // where the rows are, by hash; at most three quarters are used
	rows  [][]row[V]     // in pieces, which do not move
	all   uint32         // rows that were ever used
	free  uint32         // the first of those that are not; 0: none
	n     int            // rows that are used
	texts map[int]string // ids longer than inline, by row
}

// A slot says where a row is, one more than its number; 0: nowhere.
type slot struct{ hash, row uint32 }

// A row is a value and its id.
type row[V any] struct {
	hash  uint32 // of the id; of a free row the next free one
	size  uint8  // of the id, plus one; 0: the row is free
	id    [inline]byte
	value V
}

const (
	inline = 64         // bytes of an id that lie in the row
	beyond = inline + 2 // size of a longer one
	few    = 8          // rows of the first piece; each has twice as many as the one before, up to
	many   = 512        // rows
	pieces = 6          // that are smaller
	small  = many - few // rows that these have together
	sparse = 4          // slots are doubled when a quarter of them is left
)

// A name is an id with its hash, which is the same in all tables of a seed.
type name struct {
	text string
	hash uint32
}

func newTable[V any](seed maphash.Seed) table[V] { return table[V]{seed: seed} }

// name returns the name of id.
func (t *table[V]) name(id string) name { return name{id, uint32(maphash.String(t.seed, id))} }

// len returns how many values there are.
func (t *table[V]) len() int { return t.n }

// find returns the value of an id, nil if there is none.
func (t *table[V]) find(id name) *V {
	if t.n == 0 {
		return nil
	}
	mask := uint32(len(t.slots) - 1)
	for at := id.hash & mask; t.slots[at].row != 0; at = (at + 1) & mask {
		if s := t.slots[at]; s.hash == id.hash {
			if r := t.row(s.row - 1); t.is(r, s.row-1, id.text) {
				return &r.value
			}
		}
	}
	return nil
}

// get is find with the string alone.
func (t *table[V]) get(id string) *V { return t.find(t.name(id)) }

// add adds the zero value for an id that is not there, and returns it and its row.
func (t *table[V]) add(id name) (*V, uint32) {
	if (t.n+1)*sparse > len(t.slots)*(sparse-1) {
		t.grow()
	}
	n := t.take()
	r := t.row(n)
	r.hash = id.hash
	if len(id.text) > inline {
		if t.texts == nil {
			t.texts = make(map[int]string)
		}
		t.texts[int(n)] = string([]byte(id.text))
		r.size = beyond
	} else {
		r.size = uint8(copy(r.id[:], id.text) + 1)
	}
	t.place(slot{id.hash, n + 1})
	t.n++
	return &r.value, n
}

// take returns a row that is free.
func (t *table[V]) take() (n uint32) {
	if t.free != 0 {
		n = t.free - 1
		t.free = t.row(n).hash
		return n
	}
	if piece, at := where(t.all); at == 0 {
		t.rows = append(t.rows, make([]row[V], few<<min(piece, pieces)))
	}
	t.all++
	return t.all - 1
}

// remove removes a row.
func (t *table[V]) remove(n uint32) {
	r := t.row(n)
	mask := uint32(len(t.slots) - 1)
	at := r.hash & mask
	for t.slots[at].row != n+1 {
		at = (at + 1) & mask
	}
	// Those behind it move up, as far as their hash lets them.
	for next := (at + 1) & mask; t.slots[next].row != 0; next = (next + 1) & mask {
		if home := t.slots[next].hash & mask; (next-home)&mask >= (next-at)&mask {
			t.slots[at] = t.slots[next]
			at = next
		}
	}
	t.slots[at] = slot{}
	if r.size == beyond {
		delete(t.texts, int(n))
	}
	*r = row[V]{hash: t.free}
	t.free = n + 1
	t.n--
}

// grow doubles the slots.
func (t *table[V]) grow() {
	old := t.slots
	t.slots = make([]slot, max(2*few, 2*len(old)))
	for _, s := range old {
		if s.row != 0 {
			t.place(s)
		}
	}
}

// place puts s into the first slot that is empty.
func (t *table[V]) place(s slot) {
	mask := uint32(len(t.slots) - 1)
	at := s.hash & mask
	for t.slots[at].row != 0 {
		at = (at + 1) & mask
	}
	t.slots[at] = s
}

// row returns a row.
func (t *table[V]) row(n uint32) *row[V] {
	piece, at := where(n)
	return &t.rows[piece][at]
}

// at returns the value of a row.
func (t *table[V]) at(n uint32) *V { return &t.row(n).value }

// where returns in which piece a row is, and where there.
func where(n uint32) (piece, at uint32) {
	if n >= small {
		return pieces + (n-small)/many, (n - small) % many
	}
	piece = uint32(bits.Len32(n/few+1) - 1)
	return piece, n - few*(1<<piece-1)
}

// is reports whether the id of a row is text.
func (t *table[V]) is(r *row[V], n uint32, text string) bool {
	if r.size == beyond {
		return t.texts[int(n)] == text
	}
	return string(r.id[:r.size-1]) == text
}

// id returns the id of a row, as a copy.
func (t *table[V]) id(n uint32) string {
	r := t.row(n)
	if r.size == beyond {
		return t.texts[int(n)]
	}
	return string(r.id[:r.size-1])
}

// compare compares the ids of two rows.
func (t *table[V]) compare(n, m uint32) int {
	r, s := t.row(n), t.row(m)
	if r.size == beyond || s.size == beyond {
		return cmp.Compare(t.id(n), t.id(m))
	}
	return bytes.Compare(r.id[:r.size-1], s.id[:s.size-1])
}

// piece yields the values of a piece with their rows.
func (t *table[V]) piece(p uint32) iter.Seq2[uint32, *V] {
	return func(yield func(uint32, *V) bool) {
		first := uint32(few)<<min(p, pieces) - few
		if p > pieces {
			first = small + (p-pieces)*many
		}
		rows := t.rows[p]
		for at := range rows {
			if r := &rows[at]; r.size != 0 && !yield(first+uint32(at), &r.value) {
				return
			}
		}
	}
}

// values yields all values with their rows, in no order that means anything.
func (t *table[V]) values() iter.Seq2[uint32, *V] {
	return func(yield func(uint32, *V) bool) {
		for n := range t.all {
			if r := t.row(n); r.size != 0 && !yield(n, &r.value) {
				return
			}
		}
	}
}
