package overlap

import "time"

// remembered is how many beats a side holds.
const remembered = 256

// A kind says what an event is to a side.
type kind uint8

const (
	common  kind = iota
	aBeat        // it can be compared
	foreign      // not in the catalogue: its place in the lane is not known
)

// A beat is one that is remembered.
type beat struct {
	second   int64  // server's
	hash     uint64 // of the content
	number   int    // of those with this content in this second, from 0
	position int    // among the events of the lane, from 1
}

// A side is one lane of one connection.
type side struct {
	events  int // so far
	foreign int // the position of the last one that is not in the catalogue
	heard   bool
	first   int64 // the second of the first event: it may be known in part
	beats   []beat
	oldest  int // its index; 0 until beats is full
}

// note counts an event. It is true for a beat of a second that was seen from its
// beginning.
func (s *side) note(server time.Time, k kind) (b beat, ok bool) {
	s.events++
	if k == foreign {
		s.foreign = s.events
	}
	if server.IsZero() {
		return beat{}, false
	}
	second := server.Unix()
	if !s.heard {
		s.heard, s.first = true, second
	}
	return beat{second: second, position: s.events}, k == aBeat && second > s.first
}

// remember numbers b and keeps it in the place of the oldest. It is false if the
// oldest is of the same second: then the number of b is not known.
func (s *side) remember(b beat) (numbered beat, ok bool) {
	if len(s.beats) == remembered && s.beats[s.oldest].second == b.second {
		return beat{}, false
	}
	for i := range s.beats {
		if o := &s.beats[i]; o.second == b.second && o.hash == b.hash {
			b.number = max(b.number, o.number+1)
		}
	}
	if len(s.beats) < remembered {
		s.beats = append(s.beats, b)
	} else {
		s.beats[s.oldest] = b
		s.oldest = (s.oldest + 1) % remembered
	}
	return b, true
}

// find returns the position of the event that b is on the other side, 0 if it is
// not there.
func (s *side) find(b beat) (position int) {
	for i := range s.beats {
		if o := &s.beats[i]; o.second == b.second && o.hash == b.hash && o.number == b.number {
			return o.position
		}
	}
	return 0
}
