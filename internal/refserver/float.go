package refserver

import (
	"math"
	"strconv"
	"strings"
)

// float is a number that prints as a node prints it: always with a fraction or
// an exponent ("0.0", "-0.0", "1e21"), and null when it is not finite.
type float float64

// MarshalJSON implements json.Marshaler.
func (f float) MarshalJSON() ([]byte, error) {
	v := float64(f)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	// The shortest digits either way; the point stays fixed for numbers that
	// have it within 16 digits, or at most four zeros behind it.
	const smallest, largest = 1e-5, 1e16
	if a := math.Abs(v); v != 0 && (a < smallest || a >= largest) {
		s := strconv.FormatFloat(v, 'e', -1, 64)
		mantissa, exponent, _ := strings.Cut(s, "e")
		n, err := strconv.Atoi(exponent)
		return []byte(mantissa + "e" + strconv.Itoa(n)), err
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return []byte(s), nil
}
