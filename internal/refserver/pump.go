package refserver

import "math/rand/v2"

// A pump decides which frame one connection gets next.
//
// A node waits for its three lanes and for commands at once and takes whichever
// is ready, at random. On a WebSocket, a lane that has lost frames drops out
// until the round ends, and a round ends only with a frame of another lane,
// delivered or filtered, or a command. So a reader that was too slow, or any
// reader after a burst, is deaf on that lane: frames of the lane itself do not
// wake it, each wake-up from elsewhere allows one more try, and a frame that is
// published on the lane in between, while its ring is full, makes that try fail
// as well. On a node 0.3.0 two wake-ups in succession were needed for that
// reason. An SSE stream loses the same frames and goes on at once.
type pump struct {
	bus     *bus
	rx      *receiver
	rng     *rand.Rand // order of the lanes; nil: high first
	deafens bool
	lost    func(Loss)  // told what the connection loses; nil: nobody
	deaf    [lanes]bool // lanes that are out until the round ends
}

// next returns the next frame, or nil if there is none for now.
func (p *pump) next() *frame {
	for _, lane := range p.order() {
		if f := p.try(lane); f != nil {
			p.roundEnds()
			return f
		}
	}
	return nil
}

// try takes the next frame of a lane, nil if there is none or it is deaf.
func (p *pump) try(lane int) *frame {
	for !p.deaf[lane] {
		f, found := p.bus.take(p.rx, lane)
		switch found {
		case ready:
			return f
		case empty:
			return nil
		case lagged:
			if p.lost != nil {
				p.lost(p.rx.lost)
			}
			p.deaf[lane] = p.deafens
		}
	}
	return nil
}

// roundEnds gives deaf lanes another try.
func (p *pump) roundEnds() { p.deaf = [lanes]bool{} }

func (p *pump) order() [lanes]int {
	order := [lanes]int{0, 1, 2}
	if p.rng != nil {
		p.rng.Shuffle(lanes, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}
