package refserver

import (
	"net/http"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

// finality answers /v1/finality/{id}: 200 for every well-formed id, whether
// there is such a message or not.
func (h *restHandler) finality(w http.ResponseWriter, _ *http.Request, param string) {
	id, ok := parseID(param)
	if !ok {
		replyEmpty(w, http.StatusBadRequest)
		return
	}
	f := h.ledger.Finality(id)
	body := struct {
		Depth      uint32 `json:"f1_depth"`
		Finalized  bool   `json:"f1_finalized"`
		KCore      int    `json:"f1_k_core"`
		Bottleneck *float `json:"f2_bottleneck_distance"`
		Confidence *float `json:"f2_confidence"`
		H3Stable   *bool  `json:"f2_h3_stable"`
		Stabilized bool   `json:"f2_stabilized"`
		MessageID  string `json:"message_id"` // as typed, in the case that was typed
		Timestamp  string `json:"timestamp"`
	}{
		Depth: f.Depth, Finalized: f.Final, KCore: f.KCore,
		Stabilized: f.Homology, MessageID: param, Timestamp: h.timestamp(),
	}
	if f.Homology {
		bottleneck, confidence, stable := float(0.01), float(0.99), true
		body.Bottleneck, body.Confidence, body.H3Stable = &bottleneck, &confidence, &stable
	}
	reply(w, body)
}

// kcore answers /v1/finality/kcore/metrics. A node on its default store lists
// no recent finalization, ever, and so has no averages.
func (h *restHandler) kcore(w http.ResponseWriter, _ *http.Request, _ string) {
	k := h.ledger.KCore()
	type recent struct {
		Depth     uint32 `json:"depth"`
		Diversity int    `json:"diversity"`
		IsFinal   bool   `json:"is_final"`
		K         int    `json:"k_value"`
		MessageID string `json:"message_id"`
	}
	type stats struct {
		AverageDepth float `json:"average_depth"`
		AverageK     float `json:"average_k_value"`
		Finalized    int   `json:"finalized_count"`
		Pending      int   `json:"pending_count"`
	}
	type parameters struct {
		Depth     int `json:"required_depth"`
		Diversity int `json:"required_diversity"`
		K         int `json:"required_k"`
	}
	const requiredDepth = 12 // whatever is configured
	body := struct {
		Stats      stats      `json:"current_stats"`
		Parameters parameters `json:"parameters"`
		Recent     []recent   `json:"recent_finalizations"`
		Timestamp  string     `json:"timestamp"`
	}{
		Stats:      stats{Finalized: k.Finalized, Pending: k.Pending},
		Parameters: parameters{requiredDepth, ledger.RequiredDiversity, k.K},
		Recent:     []recent{},
		Timestamp:  h.timestamp(),
	}
	if h.options.memoryStore && len(k.Recent) > 0 {
		body.Stats.AverageDepth, body.Stats.AverageK = float(k.AvgDepth), float(k.K)
		for _, f := range k.Recent {
			body.Recent = append(body.Recent,
				recent{f.Depth, ledger.RequiredDiversity, f.Final, k.K, f.ID})
		}
	}
	reply(w, body)
}
