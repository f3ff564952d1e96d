package events_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

func TestFloatsAsNodesPrintThem(t *testing.T) {
	for text, want := range map[string]float64{
		`0.0`: 0, `1.0`: 1, `1e21`: 1e21, `1e-7`: 1e-7, `0.6666666666666666`: 2.0 / 3, `123456789.125`: 123456789.125,
		`1.7976931348623157e308`: math.MaxFloat64, `5e-324`: math.SmallestNonzeroFloat64, `7`: 7, `1E+2`: 100,
	} {
		e, err := events.Decode[events.EnergyUpdated](envelope(events.TypeEnergyUpdated, `{"total_energy":`+text+`}`))
		require.NoError(t, err, text)
		assert.Equal(t, want, e.TotalEnergy, text)
	}
}

// An idle node prints its energy as -0.0. The sign is kept, in JSON as well, and
// the value is a zero to any comparison.
func TestNegativeZero(t *testing.T) {
	e, err := events.Decode[events.EnergyUpdated](envelope(events.TypeEnergyUpdated,
		`{"total_conflicts":0,"resolved_conflicts":0,"active_conflicts":0,"total_energy":-0.0,"timestamp":1760554625}`))
	require.NoError(t, err)
	assert.Zero(t, e.TotalEnergy+0)
	assert.True(t, math.Signbit(e.TotalEnergy))

	env, err := events.Encode(e)
	require.NoError(t, err)
	back, err := events.Decode[events.EnergyUpdated](env)
	require.NoError(t, err)
	assert.True(t, math.Signbit(back.TotalEnergy))
}

func TestIntegersAreExact(t *testing.T) {
	for text, want := range map[string]uint64{
		`0`: 0, `9007199254740993`: 1<<53 + 1, `18446744073709551615`: math.MaxUint64,
	} {
		e, err := events.Decode[events.SyncStarted](envelope(events.TypeSyncStarted, `{"target_height":`+text+`}`))
		require.NoError(t, err, text)
		assert.Equal(t, want, e.TargetHeight)
		data, err := json.Marshal(e)
		require.NoError(t, err)
		assert.Contains(t, string(data), `"target_height":`+text+`,`)
	}
}

func TestAmountsStayAsTheyAre(t *testing.T) {
	for _, text := range []string{"0.1", "310000000", "0.100000000", "-0.000000001", "310000000.000000000 ADIC", ""} {
		e, err := events.Decode[events.BalanceChanged](envelope(events.TypeBalanceChanged, `{"change_amount":"`+text+`"}`))
		require.NoError(t, err)
		assert.Equal(t, text, e.ChangeAmount)
	}
}

// A field that is null by design is zero and left out again; 0 is no k.
func TestNullFields(t *testing.T) {
	for data, want := range map[string]uint64{`{"current_k_value":null}`: 0, `{}`: 0, `{"current_k_value":20}`: 20} {
		e, err := events.Decode[events.KCoreUpdated](envelope(events.TypeKCoreUpdated, data))
		require.NoError(t, err)
		assert.Equal(t, want, e.CurrentKValue)
	}
	for _, e := range []events.Event{events.KCoreUpdated{}, events.TransferRecorded{}, events.PeerDisconnected{}, events.TreasuryGrantExecuted{}} {
		env, err := events.Encode(e)
		require.NoError(t, err)
		for _, key := range []string{"current_k_value", "tx_hash", "reason\":null", "milestone"} {
			assert.NotContains(t, string(env.Data), key)
		}
	}
}

func TestDiversityAxisOfEitherDialect(t *testing.T) {
	e, err := events.Decode[events.DiversityUpdated](envelope(events.TypeDiversityUpdated, `{"axes":[
		{"axis":2,"radius":1,"distinct_balls":4,"required_diversity":3,"meets_requirement":true},
		{"axis":1,"entropy":2.5,"unique_values":8}]}`))
	require.NoError(t, err)
	assert.Equal(t, []events.DiversityAxis{
		{Axis: 2, Radius: 1, DistinctBalls: 4, RequiredDiversity: 3, MeetsRequirement: true},
		{Axis: 1, Entropy: 2.5, UniqueValues: 8},
	}, e.Axes)
}
