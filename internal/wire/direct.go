package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"time"
)

// The way in which a node writes an event: on a WebSocket within a wrapper.
const (
	wrapper   = `{"type":"Event","event":`
	typeFirst = `{"type":"`
	dataNext  = `","data":{`
)

// direct understands an event of a known type that is written as a node writes
// it: these keys in this order, no white space, nothing but ASCII and no escape.
// It reports false for anything else, be it right or wrong; then all is open.
func direct(text []byte, wrapped bool) (Message, bool) {
	s := scanner{b: text}
	depth := 1
	if wrapped {
		depth = 2
		if !s.passed(wrapper) {
			return Message{}, false
		}
	}
	if !s.passed(typeFirst) || !plain(text) {
		return Message{}, false
	}
	start := s.pos
	s.quote()
	named, ok := spellings.find(text[start:s.pos])
	if !ok || !s.passed(dataNext) {
		return Message{}, false
	}
	start = s.pos - 1
	at, ok := s.members(depth)
	end := s.pos
	if !ok || !s.passed("}") || wrapped && !s.passed("}") || s.pos != len(text) {
		return Message{}, false
	}
	return Message{Kind: Event, Dialect: Node, Type: named.kind, Data: text[start:end:end], Time: at}, true
}

// plain reports whether b has nothing but ASCII characters that stand for
// themselves in JSON, so that a string ends with the next quote. It looks at
// eight bytes at a time: none has its highest bit, and in both sums all have.
func plain(b []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	some, all := uint64(0), ^uint64(0)
	for len(b) >= 16 {
		v, w := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:16])
		some |= v | w
		all &= (v + ones*(0x80-' ')) & (v ^ ones*'\\' + ones*0x7f) & (w + ones*(0x80-' ')) & (w ^ ones*'\\' + ones*0x7f)
		b = b[16:]
	}
	for _, c := range b {
		if c < ' ' || c == '\\' {
			return false
		}
		some |= uint64(c)
	}
	return some&highs == 0 && all&highs == highs
}

// passed moves past word, if that is what stands here.
func (s *scanner) passed(word string) bool {
	if len(s.b)-s.pos < len(word) || string(s.b[s.pos:s.pos+len(word)]) != word {
		return false
	}
	s.pos += len(word)
	return true
}

// at moves past c, if that is what stands here.
func (s *scanner) at(c byte) bool {
	if s.pos >= len(s.b) || s.b[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

// quote moves to the next quote, or to the end of the text.
func (s *scanner) quote() {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for range 2 { // most keys are that short
		if s.pos+8 > len(s.b) {
			break
		}
		w := binary.LittleEndian.Uint64(s.b[s.pos:]) ^ ones*'"'
		if m := (w - ones) &^ w & highs; m != 0 {
			s.pos += bits.TrailingZeros64(m) / 8
			return
		}
		s.pos += 8
	}
	if n := bytes.IndexByte(s.b[s.pos:], '"'); n >= 0 {
		s.pos += n
	} else {
		s.pos = len(s.b)
	}
}

// members moves past the members of an object, its end included, in a plain text
// without white space. It returns the time that stands there as a node's does.
func (s *scanner) members(depth int) (at time.Time, ok bool) {
	for s.at('"') {
		start := s.pos
		s.quote()
		key := s.b[start:s.pos]
		if !s.passed(`":`) {
			break
		}
		if string(key) == timeKey {
			seconds, ok := s.seconds()
			if !ok {
				break
			}
			at = time.Unix(seconds, 0).UTC()
		} else if !s.plainValue(depth + 1) {
			break
		}
		if s.at('}') {
			return at, true
		}
		if !s.at(',') {
			break
		}
	}
	return time.Time{}, false
}

// seconds moves past a number that plainSeconds reads.
func (s *scanner) seconds() (int64, bool) {
	start, n := s.pos, int64(0)
	for s.pos < len(s.b) && s.b[s.pos]-'0' <= 9 {
		n = 10*n + int64(s.b[s.pos]-'0')
		s.pos++
	}
	return n, s.pos > start && s.pos-start <= 10 && s.b[start] != '0'
}

// plainValue is value in a plain text.
func (s *scanner) plainValue(depth int) bool {
	switch s.peek() {
	case '"':
		s.pos++
		s.quote()
		return s.at('"')
	case '[':
		return s.plainStrings() || s.array(depth)
	default:
		return s.value(depth)
	}
}

// plainStrings moves past an array of strings in a plain text. If it is no such
// array, it does not move.
func (s *scanner) plainStrings() bool {
	start := s.pos
	s.pos++
	for s.at('"') {
		n := bytes.IndexByte(s.b[s.pos:], '"')
		if n < 0 {
			break
		}
		s.pos += n + 1
		if s.at(']') {
			return true
		}
		if !s.at(',') {
			break
		}
	}
	s.pos = start
	return false
}
