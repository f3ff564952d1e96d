package events_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// What REST can tell again are the guide's eight; nobody can ask for the others.
func TestFamilies(t *testing.T) {
	got := map[events.Family][]events.Type{}
	for _, typ := range append(events.Types(), events.TypeGap, "Comet", "") {
		got[typ.Family()] = append(got[typ.Family()], typ)
	}
	assert.Equal(t, []events.Type{events.TypeMessageFinalized, events.TypeMessageAdded}, got[events.Fact])
	assert.Equal(t, []events.Type{
		events.TypeTipsUpdated, events.TypeDiversityUpdated, events.TypeEnergyUpdated,
		events.TypeKCoreUpdated, events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated,
	}, got[events.State])
	assert.Len(t, got[events.Notice], 46+3)
	for _, typ := range got[events.Notice] {
		assert.False(t, typ.InGuide(), typ)
	}
	for family, text := range map[events.Family]string{events.Notice: "notice", events.Fact: "fact", events.State: "state"} {
		assert.Equal(t, text, family.String())
		written, err := family.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, text, string(written))
		var read events.Family
		require.NoError(t, read.UnmarshalText(written))
		assert.Equal(t, family, read)
	}
}

func TestFamilyTextOfWhatIsNone(t *testing.T) {
	_, err := events.Family(9).MarshalText()
	require.EqualError(t, err, "events: invalid family 9: want 0 to 2")
	var f events.Family
	require.ErrorContains(t, f.UnmarshalText([]byte("cousin")), "want notice, fact or state")
}

func TestGuideTypes(t *testing.T) {
	types := events.GuideTypes()
	assert.ElementsMatch(t, guide, types)
	for _, typ := range types {
		assert.True(t, typ.InGuide(), typ)
	}
	for _, typ := range events.Types()[len(types):] {
		assert.False(t, typ.InGuide(), typ)
	}
	_ = append(types, "Comet")
	types[0] = "Comet"
	assert.Equal(t, events.TypeTipsUpdated, events.GuideTypes()[0], "it is fresh")
}
