package refserver

import (
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFinality(t *testing.T) {
	l := ledger.New(1)
	for range 4 {
		l.Add(ledger.AddOptions{})
	}
	h := restOf(l)
	all := l.Messages()
	require.Equal(t, []string{all[0].ID}, l.FinalizeOld())
	require.True(t, l.FinalizeHomology(all[1].ID))
	const now = `"timestamp":"2025-10-15T18:57:02.123456789+00:00"}`
	none := func(id string) string {
		return `{"f1_depth":0,"f1_finalized":false,"f1_k_core":0,"f2_bottleneck_distance":null,"f2_confidence":null,` +
			`"f2_h3_stable":null,"f2_stabilized":false,"message_id":"` + id + `",` + now
	}
	unknown := strings.Repeat("0", 64)
	upper := strings.ToUpper(all[0].ID)
	for id, want := range map[string]string{
		upper: `{"f1_depth":1,"f1_finalized":true,"f1_k_core":4,"f2_bottleneck_distance":null,"f2_confidence":null,` +
			`"f2_h3_stable":null,"f2_stabilized":false,"message_id":"` + upper + `",` + now,
		all[1].ID: `{"f1_depth":1,"f1_finalized":true,"f1_k_core":3,"f2_bottleneck_distance":0.01,"f2_confidence":0.99,` +
			`"f2_h3_stable":true,"f2_stabilized":true,"message_id":"` + all[1].ID + `",` + now,
		all[2].ID: none(all[2].ID),
		unknown:   none(unknown), // no error
	} {
		assert.Equal(t, want, body(t, h, "/v1/finality/"+id))
	}

	l.Restart()
	assert.Equal(t, none(all[0].ID), body(t, h, "/v1/finality/"+all[0].ID), "forgotten")
}

func TestKCoreMetrics(t *testing.T) {
	l := ledger.New(1)
	for range 12 {
		l.Add(ledger.AddOptions{})
	}
	finals := l.FinalizeOld()
	require.Greater(t, len(finals), 5)
	got := body(t, restOf(l), "/v1/finality/kcore/metrics")
	assert.Regexp(t, `^\{"current_stats":\{"average_depth":0\.0,"average_k_value":0\.0,"finalized_count":\d+,"pending_count":\d+\},`+
		`"parameters":\{"required_depth":12,"required_diversity":3,"required_k":3\},"recent_finalizations":\[\],`+
		`"timestamp":"2025-10-15T18:57:02\.123456789\+00:00"\}$`, got, "a default store lists none")

	now := func() time.Time { return someTime }
	inMemory := body(t, newREST(l, nil, restOptions{memoryStore: true, now: now}), "/v1/finality/kcore/metrics")
	assert.Equal(t, 5, strings.Count(inMemory, `"is_final":true`))
	assert.Contains(t, inMemory, `"average_k_value":3.0`)
	assert.Contains(t, inMemory, `"diversity":3,"is_final":true,"k_value":3,"message_id":"`+finals[len(finals)-1]+`"`)
	assert.Contains(t, body(t, newREST(ledger.New(1), nil, restOptions{memoryStore: true}), "/v1/finality/kcore/metrics"),
		`"recent_finalizations":[]`)
}
