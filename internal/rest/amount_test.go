package rest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
)

// Amounts lose their unit and needless zeros, as the stream prints them.
func TestAmounts(t *testing.T) {
	for text, want := range map[string]string{
		`"310000000.000000000 ADIC"`:   "310000000",
		`"0.100000000 ADIC"`:           "0.1",
		`"0.000000000 ADIC"`:           "0",
		`"-0.000000000 ADIC"`:          "0",
		`"-1.500000000 ADIC"`:          "-1.5",
		`"1000000"`:                    "1000000",
		`" 12.34 "`:                    "12.34",
		`1000000`:                      "1000000",
		`0.10`:                         "0.1",
		`"007.00"`:                     "7",
		`"18446744073.709551615 ADIC"`: "18446744073.709551615",
		`"5."`:                         "5",
		`"1\u0032 ADIC"`:               "12",
	} {
		body := `{"total_supply":` + text + `,"circulating_supply":"1","treasury_balance":"2"}`
		e, err := routes(map[string]string{"/v1/economics/supply": body}).client(t).Economics(t.Context(), rest.State)
		require.NoError(t, err, text)
		assert.Equal(t, want, e.TotalSupply, text)
	}
	for _, text := range []string{`""`, `"ADIC"`, `"1e9"`, `1e9`, `"--1"`, `"1.2.3"`, `".5"`, `"1,000"`, `true`, `[]`, `{}`, `null`,
		`"0x10"`, `"` + string(make([]byte, 10)) + `"`, `"11111111111111111111111111111111111111111111111111111111111111111"`} {
		body := `{"total_supply":` + text + `,"circulating_supply":"1","treasury_balance":"2"}`
		_, err := routes(map[string]string{"/v1/economics/supply": body}).client(t).Economics(t.Context(), rest.State)
		var wrong *rest.BodyError
		require.ErrorAs(t, err, &wrong, text)
	}
}
