package wire_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

var eight = events.GuideTypes()

func TestSpellingsInTheOrderOfTrial(t *testing.T) {
	var tried []wire.Spelling
	for s, ok := wire.Both, true; ok; s, ok = s.Next() {
		tried = append(tried, s)
	}
	assert.Equal(t, []wire.Spelling{wire.Both, wire.Variant, wire.Dotted, wire.GuideOnly}, tried)
	last, ok := wire.GuideOnly.Next()
	assert.False(t, ok)
	assert.Equal(t, wire.GuideOnly, last)
}

func TestQuery(t *testing.T) {
	list := func(types ...events.Type) []events.Type { return types }
	tips, transfer := events.TypeTipsUpdated, events.TypeTransferRecorded
	for _, c := range []struct {
		name     string
		types    []events.Type
		spelling wire.Spelling
		want     string
	}{
		{"all", nil, wire.Both, "events=all"},
		{"all, by variant", nil, wire.Variant, "events=all"},
		{"all, by dot", nil, wire.Dotted, "events=all"},
		{"all of the guide's", nil, wire.GuideOnly, "events=all"},
		{"both", list(tips, transfer), wire.Both, "events=TipsUpdated,tips.update,TransferRecorded,transfer.recorded"},
		{"variant", list(tips, transfer), wire.Variant, "events=TipsUpdated,TransferRecorded"},
		{"dotted", list(tips, transfer), wire.Dotted, "events=tips.update,transfer.recorded"},
		{"guide only", list(tips, transfer), wire.GuideOnly, "events=TipsUpdated"},
		{"unknown, once", list("brand.new", "BrandNew"), wire.Both, "events=brand.new,BrandNew"},
		{"unknown, by dot", list("BrandNew"), wire.Dotted, "events=BrandNew"},
		{"unknown, not the guide's", list("BrandNew", tips), wire.GuideOnly, "events=TipsUpdated"},
		{"escaped", list("a,b&c d=é"), wire.Both, "events=a%2Cb%26c+d%3D%C3%A9"},
		{"twice", list(tips, transfer, tips), wire.Variant, "events=TipsUpdated,TransferRecorded"},
		{"in the other spelling", list("tips.update", "TipsUpdated"), wire.Both, "events=TipsUpdated,tips.update"},
		{"gaps are not a server's", list(tips, events.TypeGap), wire.Variant, "events=TipsUpdated"},
		{"nothing", []events.Type{}, wire.Both, "events=TipsUpdated,tips.update,KCoreUpdated,kcore.update"},
		{"nothing but gaps", list(events.TypeGap), wire.Dotted, "events=tips.update,kcore.update"},
		{"nothing that is offered", list(transfer), wire.GuideOnly, "events=TipsUpdated,KCoreUpdated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := slices.Clone(c.types)
			assert.Equal(t, c.want, wire.Query(c.types, c.spelling))
			assert.Equal(t, before, c.types, "not modified")
		})
	}
}

// A node splits the decoded value at commas and compares by case: no name may
// be changed on the way, and none may be made up.
func TestQueryArrivesAsItWasMeant(t *testing.T) {
	values, err := url.ParseQuery(wire.Query(events.Types(), wire.Both))
	require.NoError(t, err)
	require.Len(t, values, 1, "no priority: a node would hold back its beats")
	require.Len(t, values["events"], 1, "a node answers 400 to a parameter that comes twice")
	var want []string
	for _, kind := range events.Types() {
		want = append(want, string(kind), kind.Name())
	}
	assert.Equal(t, want, strings.Split(values.Get("events"), ","))
}

func TestMissing(t *testing.T) {
	types := []events.Type{events.TypeTipsUpdated, events.TypeTransferRecorded, "BrandNew", events.TypeGap, "transfer.recorded", "BrandNew"}
	for _, s := range []wire.Spelling{wire.Both, wire.Variant, wire.Dotted} {
		assert.Empty(t, wire.Missing(types, s), s)
	}
	assert.Equal(t, []events.Type{events.TypeTransferRecorded, "BrandNew"}, wire.Missing(types, wire.GuideOnly))
	assert.Empty(t, wire.Missing(nil, wire.GuideOnly))
	assert.Empty(t, wire.Missing(eight, wire.GuideOnly))
	assert.Len(t, wire.Missing(events.Types(), wire.GuideOnly), len(events.Types())-len(eight))
}

// A frame as a server reads it.
type request struct {
	Type   string    `json:"type"`
	Events *[]string `json:"events"`
}

func requestOf(t *testing.T, frame []byte) request {
	t.Helper()
	var r request
	require.NoError(t, json.Unmarshal(frame, &r))
	return r
}

func TestCommands(t *testing.T) {
	types := []events.Type{events.TypeTipsUpdated, "a<\"b", events.TypeTipsUpdated}
	assert.Equal(t, `{"type":"Subscribe","events":["TipsUpdated","tips.update","a<\"b"]}`, string(wire.Subscribe(types, wire.Both)))
	assert.Equal(t, `{"type":"Unsubscribe","events":["tips.update","a<\"b"]}`, string(wire.Unsubscribe(types, wire.Dotted)))
	assert.Equal(t, `{"type":"Subscribe","events":["TipsUpdated"]}`, string(wire.Subscribe(types, wire.GuideOnly)))
	assert.Equal(t, `{"type":"Ping"}`, string(wire.Ping()))
}

// "all" and an empty list would silence a node that hears everything.
func TestCommandsNeverSayAllOrNothing(t *testing.T) {
	for _, s := range []wire.Spelling{wire.Both, wire.Variant, wire.Dotted, wire.GuideOnly} {
		for _, types := range [][]events.Type{nil, {}, {events.TypeGap}, {events.TypeVoteCast}} {
			for _, frame := range [][]byte{wire.Subscribe(types, s), wire.Unsubscribe(types, s)} {
				r := requestOf(t, frame)
				require.NotNil(t, r.Events)
				assert.NotEmpty(t, *r.Events)
				assert.NotContains(t, *r.Events, "all")
			}
		}
	}
	assert.Len(t, *requestOf(t, wire.Subscribe(nil, wire.Both)).Events, 2*len(events.Types()))
	assert.Len(t, *requestOf(t, wire.Unsubscribe(nil, wire.GuideOnly)).Events, len(eight))
}

// Leaving takes out every name that the query put in, in the same spelling.
func TestUnsubscribeNamesWhatTheQueryNamed(t *testing.T) {
	types := []events.Type{events.TypeKCoreUpdated, "BrandNew", events.TypeMessageAdded}
	for s, ok := wire.Both, true; ok; s, ok = s.Next() {
		values, err := url.ParseQuery(wire.Query(types, s))
		require.NoError(t, err)
		assert.Equal(t, strings.Split(values.Get("events"), ","), *requestOf(t, wire.Unsubscribe(types, s)).Events)
	}
}
