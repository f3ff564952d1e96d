package rest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// Each family of states is read as the stream would tell it.
func TestState(t *testing.T) {
	c := routes(map[string]string{
		"/v1/tips":                   `{"tips":["b","a"]}`,
		"/v1/finality/kcore/metrics": `{"current_stats":{"finalized_count":3}}`,
		"/v1/diversity":              `{"diversity_score":0.5}`,
		"/v1/energy":                 `{"total_conflicts":2}`,
		"/v1/admissibility":          `{"constraint_rates":{"overall":1},"sample_size":4}`,
		"/v1/economics/supply":       `{"total_supply":"7","circulating_supply":"6","treasury_balance":"5"}`,
		"/v1/economics/treasury":     `{"balance":"5"}`,
	}).client(t)
	at := events.Timestamp{Time: time.Unix(7, 0)}
	for _, want := range []events.Event{
		events.TipsUpdated{Tips: []string{"a", "b"}, Count: 2, Timestamp: at},
		events.KCoreUpdated{FinalizedCount: 3, Timestamp: at},
		events.DiversityUpdated{DiversityScore: 0.5, Timestamp: at},
		events.EnergyUpdated{TotalConflicts: 2, ActiveConflicts: 2, Timestamp: at},
		events.AdmissibilityUpdated{OverallRate: 1, SampleSize: 4, Timestamp: at},
		events.EconomicsUpdated{TotalSupply: "7", CirculatingSupply: "6", TreasuryBalance: "5", Timestamp: at},
	} {
		got, ok, err := c.State(t.Context(), rest.State, want.Type())
		require.NoError(t, err)
		assert.True(t, ok)
		assert.NotEqual(t, want, got, "it has the time of the answer")
		assert.Equal(t, want, rest.Stamped(got, at))
	}
	_, _, err := c.State(t.Context(), rest.State, events.TypeMessageAdded)
	require.EqualError(t, err, "rest: MessageAdded is no family of states")
	assert.Equal(t, events.MessageAdded{}, rest.Stamped(events.MessageAdded{}, at))
}

// An answer that says nothing, or none at all, is no state.
func TestNoState(t *testing.T) {
	c := answering(http.StatusOK, `{"constraint_rates":{},"sample_size":0}`).client(t)
	_, ok, err := c.State(t.Context(), rest.State, events.TypeAdmissibilityUpdated)
	require.NoError(t, err)
	assert.False(t, ok)
	_, ok, err = c.State(t.Context(), rest.State, events.TypeTipsUpdated)
	require.Error(t, err)
	assert.False(t, ok)
}

// The time may be learnt elsewhere.
func TestLearn(t *testing.T) {
	c := answering(http.StatusOK, "").client(t)
	c.Learn(time.Time{}, time.Now())
	assert.WithinDuration(t, time.Now(), c.Now(), time.Second)
	c.Learn(time.Now().Add(time.Hour), time.Now())
	assert.WithinDuration(t, time.Now().Add(time.Hour), c.Now(), time.Minute)
}
