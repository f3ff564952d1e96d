package metrics

import "sync/atomic"

// slots count events by slot, for all goroutines. They are in pages of a cache line
// that are there once something in them was counted: a client that hears of few
// types, as most that are idle, has few.
type slots [types / page]atomic.Pointer[[page]atomic.Uint64]

const page = 8

func (s *slots) add(slot int, n uint64) {
	p := &s[slot/page]
	counts := p.Load()
	if counts == nil {
		p.CompareAndSwap(nil, new([page]atomic.Uint64))
		counts = p.Load()
	}
	counts[slot%page].Add(n)
}

// load returns the count of a slot.
func (s *slots) load(slot int) uint64 {
	if counts := s[slot/page].Load(); counts != nil {
		return counts[slot%page].Load()
	}
	return 0
}

// perType counts events by slot, for one goroutine, and remembers which slots are
// not zero.
type perType struct {
	counts [types]uint32
	slots  [types]uint8 // those that are not zero
	n      int
}

func (p *perType) count(slot int) {
	if p.counts[slot] == 0 {
		p.slots[p.n] = uint8(slot)
		p.n++
	}
	p.counts[slot]++
}

// flush adds the counts to those of all, and empties them.
func (p *perType) flush(all *slots) {
	for _, slot := range p.slots[:p.n] {
		all.add(int(slot), uint64(p.counts[slot]))
		p.counts[slot] = 0
	}
	p.n = 0
}
