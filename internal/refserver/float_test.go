package refserver

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFloatsHaveAFraction(t *testing.T) {
	for want, f := range map[string]float64{
		"0.0":                     0,
		"-0.0":                    math.Copysign(0, -1),
		"1.0":                     1,
		"-2.5":                    -2.5,
		"0.6666666666666666":      2.0 / 3,
		"1e-7":                    1e-7,
		"1.5e-6":                  1.5e-6,
		"0.00001":                 1e-5,
		"1000000000000000.0":      1e15,
		"1e16":                    1e16,
		"1e21":                    1e21,
		"-1.7976931348623157e308": -math.MaxFloat64,
		"5e-324":                  math.SmallestNonzeroFloat64,
		"null":                    math.NaN(),
	} {
		got, err := json.Marshal(float(f))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
	got, err := json.Marshal([]float{float(math.Inf(1)), float(math.Inf(-1))})
	require.NoError(t, err)
	assert.Equal(t, "[null,null]", string(got))
}
