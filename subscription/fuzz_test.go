package subscription_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// A subscription that anybody types is one that selects something, by names that can
// be sent, or has mistakes that say what to do.
func FuzzValidate(f *testing.F) {
	f.Add("", "", uint8(0), false)
	f.Add("TipsUpdated", "tips.update", uint8(1), false)
	f.Add("TipsUpdated", "VoteCast", uint8(3), false)
	f.Add("Gap", "Gap", uint8(2), true)
	f.Add("TipUpdated", "a,b", uint8(4), true)
	f.Add("all", "*", uint8(2), true)
	f.Add("a\xff", "b\u2028c", uint8(0), true)
	f.Fuzz(func(t *testing.T, one, other string, priority uint8, unknown bool) {
		s := subscription.To(events.Type(one), events.Type(other))
		s.Priorities = []events.Priority{events.Priority(priority)}
		assert.NotContains(t, s.String(), "\n")
		errs := s.Validate(unknown)
		for _, err := range errs {
			assert.Contains(t, err.Error(), "subscription: ")
			assert.Less(t, len(err.Error()), 1000)
			assert.True(t, utf8.ValidString(err.Error()))
		}
		kinds := append(events.Types(), s.Types...)
		if len(errs) > 0 {
			return
		}
		assert.True(t, slices.ContainsFunc(kinds, s.Match), "it selects something")
		for _, name := range s.Types {
			known := name == events.TypeGap || name.Known()
			if typ, err := events.ParseType(string(name)); err == nil {
				known = typ.Known()
			}
			require.True(t, unknown || known)
			assert.NotEmpty(t, name)
			assert.True(t, utf8.ValidString(string(name)), "%q cannot be sent in JSON", name)
			assert.False(t, strings.ContainsFunc(string(name), func(r rune) bool { return r == ',' || unicode.IsSpace(r) || unicode.IsControl(r) }))
		}
	})
}
