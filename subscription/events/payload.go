package events

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"strconv"
	"time"
	"unicode/utf8"
	"unsafe"
)

// A payload is what the generated methods named read take apart: the text of an
// event, and how far it has been read. They expect what servers write, the keys
// of the struct in its order and nothing between them, and give up at the first
// byte that is another. So false says nothing about the text but that
// encoding/json is to judge it; true says that encoding/json would have read the
// same.
type payload struct {
	data []byte
	pos  int
}

// next moves past text, if that comes next.
func (p *payload) next(text string) bool {
	end := p.pos + len(text)
	if end > len(p.data) || string(p.data[p.pos:end]) != text {
		return false
	}
	p.pos = end
	return true
}

// begin moves to the first key of the struct. Before it the guide's servers put
// the type, which no struct has for a key.
func (p *payload) begin() bool {
	if !p.next(`{`) {
		return false
	}
	if p.next(`"type":`) {
		_, ok := p.plain()
		return ok && p.next(`,`)
	}
	return true
}

// end reports whether nothing but the closing bracket is left.
func (p *payload) end() bool { return p.next(`}`) && p.pos == len(p.data) }

// plain reads a string that stands for itself: ASCII without escapes. It returns
// what is between the quotes.
func (p *payload) plain() ([]byte, bool) {
	if !p.next(`"`) {
		return nil, false
	}
	b, start := p.data, p.pos
	i := start
	for ; i+8 <= len(b); i += 8 {
		if m := special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			i += bits.TrailingZeros64(m) / 8
			break
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++ // of the last seven bytes, which a string in a payload does not reach
	}
	if i == len(b) || b[i] != '"' {
		return nil, false
	}
	p.pos = i + 1
	return b[start:i], true
}

// special marks the bytes of w that are a quote, a backslash, a control character
// or not ASCII, each by its highest bit. The lowest mark is always right; those
// above it may be the carry of a subtraction.
func special(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^(ones*'"'), w^(ones*'\\')
	return (w | (w - ones*' ') | (quote - ones) | (slash - ones)) & highs
}

// text reads any string. Only one that does not stand for itself is copied.
func (p *payload) text(into *string) bool {
	start := p.pos
	if text, ok := p.plain(); ok {
		*into = alias(text)
		return true
	}
	p.pos = start
	return p.odd(into)
}

// odd reads a string that has escapes or more than ASCII.
func (p *payload) odd(into *string) bool {
	if !p.next(`"`) {
		return false
	}
	for i := p.pos; i < len(p.data); i++ {
		switch p.data[i] {
		case '\\':
			i++
		case '"':
			var text string // not *into, which would then live on the heap
			if err := json.Unmarshal(p.data[p.pos-1:i+1], &text); err != nil {
				return false
			}
			*into, p.pos = text, i+1
			return true
		}
	}
	return false
}

// alias returns text as a string without copying it: an Envelope's Data is never
// modified.
func alias(text []byte) string {
	if len(text) == 0 {
		return "" // keeps nothing alive
	}
	return unsafe.String(&text[0], len(text)) //nolint:gosec // the length is that of the slice
}

// texts reads a list of strings.
func (p *payload) texts(into *[]string) bool {
	if !p.next(`[`) {
		return false
	}
	list := make([]string, 0, p.elements(`,`, len(`"",`)))
	for more := !p.next(`]`); more; more = !p.next(`]`) {
		var one string
		if len(list) > 0 && !p.next(`,`) || !p.text(&one) {
			return false
		}
		list = append(list, one)
	}
	*into = list
	return true
}

// elements returns how many elements are left in a list, so that it is allocated
// once. It counts what separates them, which a string may have too, and believes
// no more than there is room for: the shortest element with a separator has
// shortest bytes.
func (p *payload) elements(separator string, shortest int) int {
	rest := p.data[p.pos:]
	rest = rest[:max(0, bytes.IndexByte(rest, ']'))]
	if len(rest) == 0 {
		return 0
	}
	return min(bytes.Count(rest, []byte(separator)), len(rest)/shortest) + 1
}

// boolean reads true or false.
func (p *payload) boolean(into *bool) bool {
	*into = p.next(`true`)
	return *into || p.next(`false`)
}

// uint64 reads a whole number that is not negative.
func (p *payload) uint64(into *uint64) bool {
	start := p.pos
	n, ok := p.whole()
	if p.pos-start > 19 { // which is more than any number of 19 digits can overflow
		var err error
		n, err = strconv.ParseUint(alias(p.data[start:p.pos]), 10, 64)
		ok = ok && err == nil
	}
	*into = n
	return ok
}

// uint32 reads a whole number that is not negative.
func (p *payload) uint32(into *uint32) bool {
	var n uint64
	ok := p.uint64(&n)
	*into = uint32(n)
	return ok && n == uint64(*into)
}

// float64 reads any number.
func (p *payload) float64(into *float64) bool {
	start := p.pos
	negative := p.next(`-`)
	n, ok := p.whole()
	if !ok {
		return false
	}
	point := p.pos
	fraction := 0
	if p.next(`.`) {
		n = p.digits(n)
		if fraction = p.pos - point - 1; fraction == 0 {
			return false
		}
	}
	// Up to 15 digits are exact in a float64, and so is the power of ten: their
	// quotient is the float64 that is nearest to the decimal fraction.
	if digits := p.pos - start; digits <= 15 && !p.exponent() {
		f := float64(n) / powers[fraction]
		if negative {
			f = -f
		}
		*into = f
		return true
	}
	p.exponent()
	f, err := strconv.ParseFloat(alias(p.data[start:p.pos]), 64)
	*into = f
	return err == nil
}

// powers are those of ten.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// exponent moves past an e and what may follow it, and reports whether there was
// one. Whether it is right is for strconv to say.
func (p *payload) exponent() bool {
	if !p.next(`e`) && !p.next(`E`) {
		return false
	}
	if !p.next(`+`) {
		p.next(`-`)
	}
	p.digits(0)
	return true
}

// whole reads digits, the first of which is no 0 unless it is the only one. The
// number is right if there are at most 19.
func (p *payload) whole() (uint64, bool) {
	start := p.pos
	n := p.digits(0)
	return n, p.pos == start+1 || p.pos > start && p.data[start] != '0'
}

// digits reads the digits that come next, none perhaps, behind those of n.
func (p *payload) digits(n uint64) uint64 {
	for p.pos < len(p.data) {
		digit := p.data[p.pos] - '0'
		if digit > 9 {
			break
		}
		n = n*10 + uint64(digit)
		p.pos++
	}
	return n
}

// read reads the two forms that servers write: Unix seconds, RFC 3339.
func (t *Timestamp) read(p *payload) bool {
	if p.pos < len(p.data) && p.data[p.pos] == '"' {
		text, ok := p.plain()
		if !ok {
			return false
		}
		var room [40]byte // readRFC3339 writes into it
		at, err := readRFC3339(append(room[:0], text...))
		t.Time = at.UTC()
		return err == nil && inYears(t.Time)
	}
	n, ok := p.whole()
	t.Time = time.Unix(int64(n), 0).UTC()
	return ok && n > 0 && n < msFrom
}

// read reads either spelling.
func (f *FinalityType) read(p *payload) bool {
	text, ok := p.plain()
	return ok && f.UnmarshalText(text) == nil
}

// read reads either spelling.
func (r *RejectionType) read(p *payload) bool {
	text, ok := p.plain()
	return ok && r.UnmarshalText(text) == nil
}

// read reads either spelling.
func (c *ChangeType) read(p *payload) bool {
	text, ok := p.plain()
	return ok && c.UnmarshalText(text) == nil
}
