package wire

import "unicode/utf8"

// decoded returns b as a string of valid UTF-8.
func decoded(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	b, _ = appendUTF8(nil, b)
	return string(b)
}

// appendUTF8 appends b to dst with what is no UTF-8 replaced, as the WHATWG
// text "Encoding" decodes: one U+FFFD for as many bytes as begin some character,
// or else for each byte. It returns how many there were.
func appendUTF8(dst, b []byte) ([]byte, int) {
	replaced := 0
	for len(b) > 0 {
		c, size := utf8.DecodeRune(b)
		if c == utf8.RuneError && size == 1 {
			replaced++
			size = beginning(b)
			dst = utf8.AppendRune(dst, utf8.RuneError)
		} else {
			dst = append(dst, b[:size]...)
		}
		b = b[size:]
	}
	return dst, replaced
}

// beginning returns how many bytes of b, which does not begin with a whole
// character, begin one that was cut off: 1 if none do.
func beginning(b []byte) int {
	const first, last = 0x80, 0xBF // of the bytes that go on
	need, low, high := 0, byte(first), byte(last)
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
	case c >= 0xF0 && c <= 0xF4:
		need = 3
	}
	switch b[0] { // no longer than needed, no surrogates, nothing above U+10FFFF
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n <= need && n < len(b) && low <= b[n] && b[n] <= high {
		n++
		low, high = first, last
	}
	return n
}
