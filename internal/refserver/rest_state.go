package refserver

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

func (h *restHandler) diversity(w http.ResponseWriter, _ *http.Request, _ string) {
	d := h.ledger.Diversity()
	type axis struct {
		Axis     uint32 `json:"axis"`
		Distinct int    `json:"distinct_balls"`
		Meets    bool   `json:"meets_requirement"`
		Radius   uint32 `json:"radius"`
		Required int    `json:"required_diversity"`
	}
	axes := make([]axis, len(d.Axes))
	for i, a := range d.Axes {
		axes[i] = axis{a.Axis, a.DistinctBalls, a.Meets, a.Radius, a.Required}
	}
	reply(w, struct {
		Axes      []axis `json:"axes"`
		Score     float  `json:"diversity_score"`
		Timestamp string `json:"timestamp"`
		Tips      int    `json:"total_tips"`
	}{axes, float(d.Score), h.timestamp(), d.Tips})
}

type conflictJSON struct {
	ID         string        `json:"conflict_id"`
	Energy     float         `json:"energy"`
	Drift      float         `json:"expected_drift"`
	Descending bool          `json:"is_descending"`
	Updated    int64         `json:"last_update"` // Unix seconds
	Support    []supportJSON `json:"support"`
}

type supportJSON struct {
	MessageID string `json:"message_id"`
	Support   float  `json:"support"`
}

// energy answers /v1/energy. Its active_conflicts is a list, where the event of
// the same name has a number.
func (h *restHandler) energy(w http.ResponseWriter, _ *http.Request, _ string) {
	e := h.ledger.Energy()
	active := []conflictJSON{}
	for _, c := range e.Conflicts {
		if c.Resolved() {
			continue
		}
		row := conflictJSON{
			ID: c.ID, Energy: float(c.Energy), Drift: float(c.Drift),
			Descending: c.Descending(), Updated: c.Updated.Unix(), Support: []supportJSON{},
		}
		for _, s := range c.Support {
			row.Support = append(row.Support, supportJSON{s.MessageID, float(s.Weight)})
		}
		active = append(active, row)
	}
	reply(w, struct {
		Active     []conflictJSON `json:"active_conflicts"`
		Average    float          `json:"average_energy"`
		Descending int            `json:"descending_conflicts"`
		Resolved   int            `json:"resolved_conflicts"`
		Timestamp  string         `json:"timestamp"`
		Total      int            `json:"total_conflicts"`
		Sum        float          `json:"total_energy"`
	}{active, float(e.Average), e.Descending, e.Resolved, h.timestamp(), e.Total, float(e.Sum)})
}

// conflicts answers /v1/conflicts, where a conflict is resolved as soon as
// somebody supports a side: not what /v1/energy calls so.
func (h *restHandler) conflicts(w http.ResponseWriter, _ *http.Request, _ string) {
	type row struct {
		Created  int64    `json:"created"` // the last update, in truth
		ID       string   `json:"id"`
		Messages []string `json:"messages"`
		Status   string   `json:"status"`
	}
	rows := []row{}
	for _, c := range h.ledger.Energy().Conflicts {
		status := "pending"
		if len(c.Support) > 0 {
			status = "resolved"
		}
		rows = append(rows, row{c.Updated.Unix(), c.ID, nonNil(c.Messages), status})
	}
	reply(w, struct {
		Conflicts []row `json:"conflicts"`
	}{rows})
}

// conflict answers /v1/conflicts/{id}, never with 404.
func (h *restHandler) conflict(w http.ResponseWriter, _ *http.Request, param string) {
	all := h.ledger.Energy().Conflicts
	at := slices.IndexFunc(all, func(c ledger.Conflict) bool { return c.ID == param })
	if at < 0 {
		reply(w, struct {
			Energy   float    `json:"energy"`
			ID       string   `json:"id"`
			Resolved bool     `json:"is_resolved"`
			Updated  *int64   `json:"last_update"`
			Support  []string `json:"support"`
			Winner   *string  `json:"winner"`
		}{ID: param, Support: []string{}})
		return
	}
	c := all[at]
	body := struct {
		Messages   []string `json:"conflicting_messages"`
		Scores     []float  `json:"energy_scores"`
		ID         string   `json:"id"`
		Resolution *string  `json:"resolution"`
		ResolvedAt *int64   `json:"resolved_at"`
	}{Messages: nonNil(c.Messages), Scores: []float{}, ID: c.ID}
	for _, s := range c.Support {
		body.Scores = append(body.Scores, float(s.Weight))
	}
	if len(c.Support) > 0 {
		winner := slices.MaxFunc(c.Support, func(a, b ledger.Support) int { return cmp.Compare(a.Weight, b.Weight) })
		at := c.Updated.Unix()
		body.Resolution, body.ResolvedAt = &winner.MessageID, &at
	}
	reply(w, body)
}

// restSample is how many tips REST looks at for the admissibility rates; the
// event looks at fewer.
const restSample = 100

func (h *restHandler) admissibility(w http.ResponseWriter, _ *http.Request, _ string) {
	a := h.ledger.Admissibility(restSample)
	type rates struct {
		Proximity  float `json:"c1_proximity"`
		Diversity  float `json:"c2_diversity"`
		Reputation float `json:"c3_reputation"`
		Overall    float `json:"overall"`
	}
	type counts struct {
		Proximity  int `json:"c1_passes"`
		Diversity  int `json:"c2_passes"`
		Reputation int `json:"c3_passes"`
		All        int `json:"fully_admissible"`
		Total      int `json:"total"`
	}
	rate := func(n int) float { return float(a.Rate(n)) }
	reply(w, struct {
		Rates     rates  `json:"constraint_rates"`
		Counts    counts `json:"raw_counts"`
		Sample    int    `json:"sample_size"`
		Timestamp string `json:"timestamp"`
	}{
		rates{rate(a.Proximity), rate(a.Diversity), rate(a.Reputation), rate(a.All)},
		counts{a.Proximity, a.Diversity, a.Reputation, a.All, a.Sample},
		a.Sample, h.timestamp(),
	})
}

// nonNil is s, as an empty list rather than null.
func nonNil(s []string) []string { return append([]string{}, s...) }
