package wire

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a message. A node's payloads have at most five
// levels. encoding/json gives up at 10,000.
const maxDepth = 512

// A scanner walks over a JSON text and accepts exactly what encoding/json
// accepts. Its methods begin at the first byte of what they are named after,
// move past it and report whether it was there; if not, pos is at the offending
// byte. What has been passed is described by subslices of the text, so nothing
// is copied and nothing is allocated.
type scanner struct {
	b       []byte
	pos     int
	escaped bool // the string passed last has a backslash
	deep    bool // what offends is a level beyond maxDepth
}

// space moves past white space.
func (s *scanner) space() {
	for s.pos < len(s.b) && s.b[s.pos] <= ' ' {
		switch s.b[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.b) {
		return s.b[s.pos]
	}
	return 0
}

// value moves past any value. depth is the number of levels around it.
func (s *scanner) value(depth int) bool {
	switch c := s.peek(); c {
	case '"':
		return s.text()
	case '{':
		return s.object(depth)
	case '[':
		return s.array(depth)
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		return s.number()
	}
}

// object moves past an object of which nothing is of interest.
func (s *scanner) object(depth int) bool {
	if !s.enter(depth) {
		return false
	}
	for first := true; ; first = false {
		_, more, ok := s.member(first)
		if !ok || !more {
			return ok
		}
		if !s.value(depth + 1) {
			return false
		}
	}
}

// enter moves past the bracket that opens a level.
func (s *scanner) enter(depth int) bool {
	if depth >= maxDepth {
		s.deep = true
		return false
	}
	s.pos++
	return true
}

// member moves to the value of the next member of an object, past what stands
// before it: a comma unless it is the first, the key, the colon. At the end of
// the object it moves past the closing bracket and returns more as false.
func (s *scanner) member(first bool) (key []byte, more, ok bool) {
	s.space()
	if s.peek() == '}' {
		s.pos++
		return nil, false, true
	}
	if !first {
		if s.peek() != ',' {
			return nil, false, false
		}
		s.pos++
		s.space()
	}
	start := s.pos
	if s.peek() != '"' || !s.text() {
		return nil, false, false
	}
	key = s.b[start+1 : s.pos-1]
	if s.escaped {
		key = []byte(unquote(s.b[start:s.pos]))
	}
	s.space()
	if s.peek() != ':' {
		return nil, false, false
	}
	s.pos++
	s.space()
	return key, true, true
}

// array moves past an array.
func (s *scanner) array(depth int) bool {
	if !s.enter(depth) {
		return false
	}
	s.space()
	if s.peek() == ']' {
		s.pos++
		return true
	}
	for {
		if !s.value(depth + 1) {
			return false
		}
		s.space()
		switch s.peek() {
		case ',':
			s.pos++
			s.space()
		case ']':
			s.pos++
			return true
		default:
			return false
		}
	}
}

// literal moves past word.
func (s *scanner) literal(word string) bool {
	for i := range len(word) {
		if s.peek() != word[i] {
			return false
		}
		s.pos++
	}
	return true
}

// number moves past a number.
func (s *scanner) number() bool {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return false
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return false
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		return s.digits()
	}
	return true
}

// digits moves past one digit or more.
func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.b) && s.b[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos > start
}

// text moves past a string, quotes included.
func (s *scanner) text() bool {
	s.escaped = false
	s.pos++
	for {
		s.plain()
		switch s.peek() {
		case '"':
			s.pos++
			return true
		case '\\':
			s.escaped = true
			s.pos++
			if !s.escape() {
				return false
			}
		default: // a control character, or the end
			return false
		}
	}
}

// plain moves to the next byte that means something within a string: a quote, a
// backslash or a control character. It looks at eight bytes at a time.
func (s *scanner) plain() {
	b, i := s.b, s.pos
	for ; i+8 <= len(b); i += 8 {
		if m := special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			s.pos = i + bits.TrailingZeros64(m)/8
			return
		}
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	s.pos = i
}

// special marks the bytes of w that are a quote, a backslash or a control
// character, each by its highest bit. The lowest mark is always right; those
// above it may be the carry of a subtraction.
func special(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^(ones*'"'), w^(ones*'\\')
	return ((w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
}

// escape moves past what follows a backslash.
func (s *scanner) escape() bool {
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return true
	case 'u':
		s.pos++
		for range 4 {
			c := s.peek()
			if c-'0' > 9 && (c|0x20)-'a' > 5 {
				return false
			}
			s.pos++
		}
		return true
	default:
		return false
	}
}

// unquote returns the string that raw, a valid JSON string, stands for.
func unquote(raw []byte) string {
	body := raw[1 : len(raw)-1]
	for _, c := range body {
		if c == '\\' || c >= utf8.RuneSelf {
			var s string
			_ = json.Unmarshal(raw, &s) // cannot fail: raw is valid
			return s
		}
	}
	return string(body)
}
