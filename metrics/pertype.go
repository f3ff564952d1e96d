package metrics

import "sync/atomic"

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
func (p *perType) flush(all *[types]atomic.Uint64) {
	for _, slot := range p.slots[:p.n] {
		all[slot].Add(uint64(p.counts[slot]))
		p.counts[slot] = 0
	}
	p.n = 0
}
