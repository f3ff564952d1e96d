package ledger

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBech32(t *testing.T) {
	for want, in := range map[string]struct{ hrp, hex string }{
		// Seen on a node 0.3.0.
		"adic1fs4ww3dq4rx2hd08r7zk6wxh7jzr058xhxvhmwcjstk53pznu5ps49rjc9": {"adic", "4c2ae745a0a8ccabb5e71f856d38d7f48437d0e6b9997dbb1282ed488453e503"},
		// BIP 173.
		"a12uel5l": {"a", ""},
		"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw": {"abcdef", "00443214c74254b635cf84653a56d7c675be77df"},
	} {
		data, err := hex.DecodeString(in.hex)
		require.NoError(t, err)
		assert.Equal(t, want, bech32(in.hrp, data))
	}
}
