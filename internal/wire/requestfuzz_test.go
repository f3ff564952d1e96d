package wire_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// Whatever a subscription may name arrives at a server as it was written, by the query
// and by commands alike: net/url and encoding/json read the same names.
func FuzzRequest(f *testing.F) {
	f.Add("", uint8(0))
	f.Add("TipsUpdated kcore.update", uint8(1))
	f.Add("Comet a&b=c %2C +x all", uint8(0))
	f.Add("<é>\u2028 \"q\" \\ ;", uint8(2))
	f.Add("Gap VoteCast", uint8(3))
	f.Fuzz(func(t *testing.T, names string, which uint8) {
		var types []events.Type
		for name := range strings.SplitSeq(names, " ") {
			types = append(types, events.Type(name))
		}
		if len(subscription.To(types...).Validate(true)) > 0 {
			return // is never asked for
		}
		spelling := []wire.Spelling{wire.Both, wire.Variant, wire.Dotted, wire.GuideOnly}[which%4]
		query, err := url.ParseQuery(wire.Query(types, spelling))
		require.NoError(t, err)
		require.Len(t, query, 1)
		require.Len(t, query["events"], 1)
		asked := strings.Split(query.Get("events"), ",")
		assert.NotContains(t, asked, "")
		for _, frame := range [][]byte{wire.Subscribe(types, spelling), wire.Unsubscribe(types, spelling)} {
			said := requestOf(t, frame)
			require.NotNil(t, said.Events)
			assert.Equal(t, asked, *said.Events)
		}
		assert.NotContains(t, asked, "all")
		for _, typ := range types {
			if spelling != wire.GuideOnly && typ != events.TypeGap && !typ.Known() && typ.Name() == string(typ) {
				_, err := events.ParseType(string(typ))
				assert.True(t, err == nil || slices.Contains(asked, string(typ)), "%q", typ)
			}
		}
	})
}
