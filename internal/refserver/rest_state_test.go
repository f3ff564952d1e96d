package refserver

import (
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
)

const stamp = `"timestamp":"2025-10-15T18:57:02.123456789+00:00"`

func TestDiversity(t *testing.T) {
	assert.Equal(t, `{"axes":[`+
		`{"axis":0,"distinct_balls":0,"meets_requirement":false,"radius":2,"required_diversity":3},`+
		`{"axis":1,"distinct_balls":0,"meets_requirement":false,"radius":2,"required_diversity":3},`+
		`{"axis":2,"distinct_balls":0,"meets_requirement":false,"radius":1,"required_diversity":3}],`+
		`"diversity_score":0.0,`+stamp+`,"total_tips":0}`, body(t, restOf(ledger.New(1)), "/v1/diversity"))

	got := body(t, restOf(ties(1, 40)), "/v1/diversity")
	assert.Contains(t, got, `"diversity_score":1.0,`)
	assert.Contains(t, got, `"total_tips":40}`)
	assert.Contains(t, got, `{"axis":2,"distinct_balls":3,"meets_requirement":true,"radius":1,"required_diversity":3}`)
}

func withConflicts() *ledger.Ledger {
	l := ledger.New(1)
	updated := time.Unix(1760554622, 5)
	l.SetConflicts(
		ledger.Conflict{
			ID: "c1", Messages: []string{"aa", "bb"}, Energy: 0.42, Drift: -0.003, Updated: updated,
			Support: []ledger.Support{{MessageID: "aa", Weight: 1.25}, {MessageID: "bb", Weight: 2}},
		},
		ledger.Conflict{ID: "open", Energy: 0.08, Drift: 1, Updated: updated},
		ledger.Conflict{ID: "settled", Energy: 0.04, Drift: -1, Updated: updated},
	)
	return l
}

func TestEnergy(t *testing.T) {
	assert.Equal(t, `{"active_conflicts":[],"average_energy":0.0,"descending_conflicts":0,"resolved_conflicts":0,`+
		stamp+`,"total_conflicts":0,"total_energy":-0.0}`, body(t, restOf(ledger.New(1)), "/v1/energy"))
	assert.Equal(t, `{"active_conflicts":[`+
		`{"conflict_id":"c1","energy":0.42,"expected_drift":-0.003,"is_descending":true,"last_update":1760554622,`+
		`"support":[{"message_id":"aa","support":1.25},{"message_id":"bb","support":2.0}]},`+
		`{"conflict_id":"open","energy":0.08,"expected_drift":1.0,"is_descending":false,"last_update":1760554622,"support":[]}],`+
		`"average_energy":0.18000000000000002,"descending_conflicts":2,"resolved_conflicts":1,`+
		stamp+`,"total_conflicts":3,"total_energy":0.54}`, body(t, restOf(withConflicts()), "/v1/energy"))
}

func TestConflicts(t *testing.T) {
	h := restOf(withConflicts())
	assert.Equal(t, `{"conflicts":[`+
		`{"created":1760554622,"id":"c1","messages":["aa","bb"],"status":"resolved"},`+
		`{"created":1760554622,"id":"open","messages":[],"status":"pending"},`+
		`{"created":1760554622,"id":"settled","messages":[],"status":"pending"}]}`, body(t, h, "/v1/conflicts"))
	assert.Equal(t, `{"conflicting_messages":["aa","bb"],"energy_scores":[1.25,2.0],"id":"c1","resolution":"bb","resolved_at":1760554622}`,
		body(t, h, "/v1/conflicts/c1"))
	assert.Equal(t, `{"conflicting_messages":[],"energy_scores":[],"id":"open","resolution":null,"resolved_at":null}`,
		body(t, h, "/v1/conflicts/open"))
	assert.Equal(t, `{"energy":0.0,"id":"else","is_resolved":false,"last_update":null,"support":[],"winner":null}`,
		body(t, h, "/v1/conflicts/else"), "never 404")
}

func TestAdmissibility(t *testing.T) {
	assert.Equal(t, `{"constraint_rates":{"c1_proximity":0.0,"c2_diversity":0.0,"c3_reputation":0.0,"overall":0.0},`+
		`"raw_counts":{"c1_passes":0,"c2_passes":0,"c3_passes":0,"fully_admissible":0,"total":0},`+
		`"sample_size":0,`+stamp+`}`, body(t, restOf(ties(1, 5)), "/v1/admissibility"), "zeros when no tip counts")

	l := ties(1, 4)
	parents := l.Tips()
	for range 120 {
		l.Add(ledger.AddOptions{Parents: parents})
	}
	a := l.Admissibility(100)
	rate := "0.0"
	if a.All > 0 {
		rate = "1.0" // all tips have the same parents
	}
	got := body(t, restOf(l), "/v1/admissibility")
	assert.Contains(t, got, `{"constraint_rates":{"c1_proximity":1.0,"c2_diversity":`+rate+`,"c3_reputation":1.0,"overall":`+rate+`}`)
	assert.Contains(t, got, `"total":100},"sample_size":100,`, "a hundred, where the event takes fifty")
}
