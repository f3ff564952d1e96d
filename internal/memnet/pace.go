package memnet

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A Pace says how slow a link is, in each direction. Order is kept. The zero Pace
// is a link without latency.
type Pace struct {
	Latency time.Duration // of each byte
	Jitter  time.Duration // on either side of Latency, at random, for what one Write sends
	Rate    int           // bytes a second; 0: any
	Slice   int           // bytes that one Read returns at most; 0: any
	Seed    uint64        // of the jitter
}

// pace is that of one pipe, which guards it.
type pace struct {
	Pace

	rng *rand.Rand
	way []flight // what is in the pipe and was slowed down, oldest first
}

// A flight is a number of bytes, and when they arrive.
type flight struct {
	bytes int
	at    time.Time
}

func (p *pace) set(to Pace) { p.Pace, p.rng = to, rand.New(rand.NewPCG(to.Seed, 1)) }

// sent notes that bytes were put into the pipe, and returns after what time they
// arrive.
func (p *pace) sent(n int) time.Duration {
	if p.Pace == (Pace{}) && len(p.way) == 0 {
		return 0
	}
	now := time.Now()
	at := now.Add(p.Latency)
	if p.Jitter > 0 {
		at = at.Add(time.Duration((2*p.rng.Float64() - 1) * float64(p.Jitter)))
	}
	if len(p.way) > 0 && p.way[len(p.way)-1].at.After(at) {
		at = p.way[len(p.way)-1].at
	}
	if p.Rate > 0 {
		at = at.Add(time.Duration(n) * time.Second / time.Duration(p.Rate))
	}
	p.way = append(p.way, flight{n, at})
	return at.Sub(now)
}

// arrived returns how many bytes of those in the pipe one Read may return.
func (p *pace) arrived(n int) int {
	for _, f := range slices.Backward(p.way) {
		if !f.at.After(time.Now()) {
			break
		}
		n -= f.bytes
	}
	if p.Slice > 0 {
		n = min(n, p.Slice)
	}
	return n
}

// taken notes that bytes were read, and how many are left in the pipe.
func (p *pace) taken(n, left int) {
	for _, f := range p.way {
		left -= f.bytes
	}
	n = min(n, -left) // those that were there before the pipe was slow went first
	for n > 0 && len(p.way) > 0 {
		if p.way[0].bytes > n {
			p.way[0].bytes -= n
			return
		}
		n -= p.way[0].bytes
		p.way = p.way[1:]
	}
}
