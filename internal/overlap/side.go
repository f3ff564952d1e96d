package overlap

import "time"

// What a side holds.
const (
	remembered = 256  // beats
	verifiable = 4096 // hashes of events
)

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
	hash     uint64 // of type and content
	number   int    // of those with this content in this second, from 0
	position int    // among the events of the lane, from 1
}

// A side is one lane of one connection.
type side struct {
	events  int // so far
	foreign int // the position of the last one that is not in the catalogue
	heard   bool
	first   int64 // the second of the first event: it may be known in part
	second  int64 // that of the last one
	beats   []beat
	oldest  int      // its index; 0 until beats is full
	hashes  []uint64 // of the last events, that of position n at (n-1) % verifiable
}

// note counts an event and keeps its hash. It is true for a beat whose number is
// known, as its second was seen from its beginning.
func (s *side) note(server time.Time, k kind, hash uint64) (b beat, ok bool) {
	if s.events < verifiable {
		s.hashes = append(s.hashes, hash)
	} else {
		s.hashes[s.events%verifiable] = hash
	}
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
	s.second = second
	if k != aBeat || second <= s.first {
		return beat{}, false
	}
	return s.remember(beat{second: second, hash: hash, position: s.events})
}

// holds reports whether the hash of an event that was noted is still there.
func (s *side) holds(position int) bool { return position > s.events-verifiable }

// hash returns that of an event, if it holds it.
func (s *side) hash(position int) uint64 { return s.hashes[(position-1)%verifiable] }

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
