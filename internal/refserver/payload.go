package refserver

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/subscription/events"
)

// The payloads of the events that follow from the ledger, key by key in the
// order of a node. Timestamp is what Dialect.stamp returns.
type (
	tipsPayload struct {
		Tips      []string `json:"tips"`
		Count     int      `json:"count"`
		Timestamp any      `json:"timestamp"`
	}
	addedPayload struct {
		MessageID string `json:"message_id"`
		Depth     uint32 `json:"depth"`
		Timestamp any    `json:"timestamp"`
	}
	finalPayload struct {
		MessageID    string `json:"message_id"`
		FinalityType string `json:"finality_type"`
		Timestamp    any    `json:"timestamp"`
	}
	depositPayload struct {
		MessageID string `json:"message_id"`
		Validator string `json:"validator_address"`
		Amount    string `json:"amount"`
		Timestamp any    `json:"timestamp"`
	}
	diversityPayload struct {
		Score     float `json:"diversity_score"`
		Axes      any   `json:"axes"`
		TotalTips int   `json:"total_tips"`
		Timestamp any   `json:"timestamp"`
	}
	nodeAxis struct {
		Axis     uint32 `json:"axis"`
		Radius   uint32 `json:"radius"`
		Balls    int    `json:"distinct_balls"`
		Required int    `json:"required_diversity"`
		Meets    bool   `json:"meets_requirement"`
	}
	guideAxis struct {
		Axis    uint32 `json:"axis"`
		Entropy float  `json:"entropy"`
		Unique  int    `json:"unique_values"`
	}
	energyPayload struct {
		Total     int   `json:"total_conflicts"`
		Resolved  int   `json:"resolved_conflicts"`
		Active    int   `json:"active_conflicts"`
		Energy    float `json:"total_energy"`
		Timestamp any   `json:"timestamp"`
	}
	kcorePayload struct {
		Finalized int `json:"finalized_count"`
		Pending   int `json:"pending_count"`
		K         int `json:"current_k_value"`
		Timestamp any `json:"timestamp"`
	}
	admissibilityPayload struct {
		C1        float `json:"c1_rate"`
		C2        float `json:"c2_rate"`
		C3        float `json:"c3_rate"`
		Overall   float `json:"overall_rate"`
		Sample    int   `json:"sample_size"`
		Timestamp any   `json:"timestamp"`
	}
	economicsPayload struct {
		Total       string `json:"total_supply"`
		Circulating string `json:"circulating_supply"`
		Treasury    string `json:"treasury_balance"`
		Timestamp   any    `json:"timestamp"`
	}
)

// A teller says what the ledger holds, in one dialect, as of one moment.
type teller struct {
	ledger  *ledger.Ledger
	dialect Dialect
	forget  bool // depths of messages of peers
	now     time.Time
}

// state returns the payload of a state event, nil for one that a server does not
// send now.
func (t teller) state(typ events.Type) any {
	stamp := t.dialect.stamp(t.now)
	switch typ {
	case events.TypeTipsUpdated:
		tips := t.ledger.Tips()
		return tipsPayload{tips, len(tips), stamp}
	case events.TypeDiversityUpdated:
		return t.diversity(stamp)
	case events.TypeEnergyUpdated:
		e := t.ledger.Energy()
		return energyPayload{e.Total, e.Resolved, e.Active, float(e.Sum), stamp}
	case events.TypeKCoreUpdated:
		k := t.ledger.KCore()
		return kcorePayload{k.Finalized, k.Pending, k.K, stamp}
	case events.TypeAdmissibilityUpdated:
		return t.admissibility(stamp)
	case events.TypeEconomicsUpdated:
		e := t.ledger.Economics()
		return economicsPayload{e.Total.String(), e.Circulating.String(), e.Balance.String(), stamp}
	default:
		return nil
	}
}

func (t teller) diversity(stamp any) any {
	d := t.ledger.Diversity()
	payload := diversityPayload{Score: float(d.Score), TotalTips: d.Tips, Timestamp: stamp}
	if t.dialect == Node {
		axes := make([]nodeAxis, len(d.Axes))
		for i, a := range d.Axes {
			axes[i] = nodeAxis{a.Axis, a.Radius, a.DistinctBalls, a.Required, a.Meets}
		}
		payload.Axes = axes
		return payload
	}
	axes := make([]guideAxis, len(d.Axes))
	for i, a := range d.Axes {
		axes[i] = guideAxis{a.Axis, float(a.Entropy), a.DistinctBalls}
	}
	payload.Axes = axes
	return payload
}

// What admissibility is measured on: a node 0.3.0 takes 50 tips for the event
// and 100 for REST; a server of the guide dialect has nothing to hide.
const (
	nodeSample  = 50
	guideSample = 100
)

func (t teller) admissibility(stamp any) any {
	limit := guideSample
	if t.dialect == Node {
		limit = nodeSample
	}
	a := t.ledger.Admissibility(limit)
	if a.Sample == 0 {
		return nil
	}
	return admissibilityPayload{
		C1:        float(a.Rate(a.Proximity)),
		C2:        float(a.Rate(a.Diversity)),
		C3:        float(a.Rate(a.Reputation)),
		Overall:   float(a.Rate(a.All)),
		Sample:    a.Sample,
		Timestamp: stamp,
	}
}

func (t teller) added(m ledger.Message) any {
	depth := m.Depth
	if t.forget && !m.Own {
		depth = 0 // a node's index of depths knows only what was submitted to it
	}
	return addedPayload{m.ID, depth, t.dialect.stamp(t.now)}
}

func (t teller) finalized(id string) any {
	kind := [...]string{Guide: "KCore", Node: "kcore"}
	if t.ledger.Finality(id).Homology {
		kind = [...]string{Guide: "Homology", Node: "homology"}
	}
	return finalPayload{id, kind[t.dialect], t.dialect.stamp(t.now)}
}

func (t teller) escrowed(m ledger.Message) any {
	// Where messages name the public key in bech32, events name the account, a
	// hash of the key, in hex.
	account := sha256.Sum256([]byte(m.Proposer))
	return depositPayload{
		m.ID, hex.EncodeToString(account[:]), ledger.DepositAmount.String(), t.dialect.stamp(t.now),
	}
}
