package rest

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An amount is the number that package math/big reads, in its shortest form.
func FuzzAmount(f *testing.F) {
	for _, text := range []string{`"310000000.000000000 ADIC"`, `0.1`, `"-0.0 ADIC"`, `null`, `1e9`, `"1."`, `"."`, `"\u0031 x"`, `00012.340`, `"--1"`} {
		f.Add([]byte(text))
	}
	plain := regexp.MustCompile(`^-?[0-9]+(\.[0-9]*)?$`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var raw json.RawMessage
		if json.Unmarshal(data, &raw) != nil || string(raw) == "null" {
			return // is never asked for
		}
		text := string(raw)
		if raw[0] == '"' {
			require.NoError(t, json.Unmarshal(raw, &text))
		}
		number, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		var got amount
		if err := json.Unmarshal(data, &got); err != nil {
			assert.False(t, plain.MatchString(number) && len(number) <= 64, "%q: %v", number, err)
			assert.Empty(t, got)
			assert.Less(t, len(err.Error()), 400)
			return
		}
		require.Regexp(t, plain, number)
		want, ok := new(big.Rat).SetString(strings.TrimSuffix(number, "."))
		require.True(t, ok)
		value, ok := new(big.Rat).SetString(string(got))
		require.True(t, ok)
		assert.Zero(t, want.Cmp(value), "%q is not %q", got, number)
		assert.Regexp(t, `^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$`, string(got))
	})
}
